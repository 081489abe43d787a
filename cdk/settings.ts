import type { Node } from 'constructs';

/** What belongs to one installation and not to its stage: given as context (`-c name=value`, or in cdk.context.json). */
export interface Settings {
  /** Sender of the digest; its address or domain must be verified in SES. */
  readonly mailFrom: string;
  readonly mailTo: readonly string[];
  /** IANA name of the zone in which the digest is sent and its dates are written. */
  readonly timeZone: string;
  /**
   * Where people reach the service.
   * @default the address of the HTTP API
   */
  readonly publicUrl: string | undefined;
  /**
   * Who is told by e-mail when the service itself is unwell.
   * @default nobody: the alarms are only seen in the console
   */
  readonly alarmMail: string | undefined;
}

// example.com is reserved: SES refuses it, so that nothing is ever sent by mistake before this is set.
const DEFAULT_MAIL_FROM = 'forewarn@example.com';
const DEFAULT_MAIL_TO = 'operations@example.com';
const ADDRESS = /^[^\s@<>,"]+@[^\s@<>,"]+\.[^\s@<>,"]+$/;

/** Reads and checks the settings; throws one RangeError that names all that is wrong. */
export function readSettings(node: Node): Settings {
  const settings: Settings = {
    mailFrom: text(node, 'mailFrom') ?? DEFAULT_MAIL_FROM,
    mailTo: (text(node, 'mailTo') ?? DEFAULT_MAIL_TO).split(',').map((address) => address.trim()),
    timeZone: text(node, 'timeZone') ?? 'UTC',
    publicUrl: text(node, 'publicUrl'),
    alarmMail: text(node, 'alarmMail'),
  };
  const problems = checks(settings)
    .filter(([isFine]) => !isFine)
    .map(([, message]) => message);
  if (problems.length > 0) throw new RangeError(`settings: ${problems.join('; ')}`);
  return settings;
}

function checks(settings: Settings): readonly (readonly [isFine: boolean, message: string])[] {
  const { mailFrom, mailTo, timeZone, publicUrl, alarmMail } = settings;
  return [
    [ADDRESS.test(mailFrom), `mailFrom must be a bare e-mail address, got ${mailFrom}`],
    [mailTo.every((address) => ADDRESS.test(address)), `mailTo must be e-mail addresses, got ${mailTo.join(', ')}`],
    [isTimeZone(timeZone), `timeZone must be an IANA name such as Europe/Vienna, got ${timeZone}`],
    [publicUrl === undefined || isHttpsUrl(publicUrl), `publicUrl must be an https address, got ${publicUrl}`],
    [alarmMail === undefined || ADDRESS.test(alarmMail), `alarmMail must be a bare e-mail address, got ${alarmMail}`],
  ];
}

function text(node: Node, name: string): string | undefined {
  const value: unknown = node.tryGetContext(name);
  if (value === undefined || typeof value === 'string') return value;
  throw new RangeError(`settings: ${name} must be a text, got ${typeof value}`);
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isHttpsUrl(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'https:';
}
