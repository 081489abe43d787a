const GIB = 1024 ** 3;

/** Limits of the sample company, as it would put them through the API. */
export const SAMPLE_LIMITS = [
  {
    title: 'Data disk of the data bases',
    selector: { __name__: 'disk_used_bytes', mountpoint: '/data' },
    max: 500 * GIB,
    unit: 'bytes',
    lead_time: '14d',
    probability: 0.5,
    action: 'Order disk, or archive orders older than two years',
  },
  {
    title: 'Log disk',
    selector: { __name__: 'disk_used_bytes', mountpoint: '/var/log' },
    max: 190 * GIB,
    unit: 'bytes',
    lead_time: '7d',
    probability: 0.5,
    action: 'Shorten the time logs are kept',
  },
  {
    title: 'Memory of the checkout',
    selector: { __name__: 'memory_used_bytes', service: 'checkout' },
    max: 6.5 * GIB,
    unit: 'bytes',
    lead_time: '5d',
    probability: 0.5,
    action: 'Restart in a quiet hour, and look for what leaks',
  },
  {
    title: 'Certificate of the shop',
    selector: { __name__: 'certificate_days_left' },
    min: 3,
    unit: 'days',
    lead_time: '7d',
    probability: 0.5,
    action: 'Renew the certificate',
  },
  {
    title: 'Connections of the data base',
    selector: { __name__: 'connections', instance: 'db-1' },
    max: 300,
    unit: 'connections',
    lead_time: '7d',
    probability: 0.5,
    action: 'Raise the pool, or add a replica',
  },
] as const;
