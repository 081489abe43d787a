/** Who may import whom. The first rule whose pattern matches a file is its rule; a file without a rule is refused. */
export interface ImportRule {
  readonly room: string;
  readonly files: RegExp;
  /** Patterns of paths from the root, or of names of packages and built-in modules. */
  readonly may: readonly RegExp[];
  /** What to do instead. */
  readonly advice: string;
}

const PURE_ADVICE =
  'models are pure: take it as an argument, or move what both need to models/numeric or models/domain';
const ROOM_ADVICE =
  'rooms exchange values, not imports: take it as a dependency and let functions/compose.ts bring it, or move it to data/ or models/';

const DOMAIN = /^models\/domain\//;
const NUMERIC = /^models\/numeric\//;
const ERRORS = /^functions\/platform\/errors\.ts$/;
const NODE = /^node:/;
const ZOD = /^zod$/;
/** Codecs and typed collections: everything at rest but the adapters. */
const DATA = /^data\/(?!aws\/|embedded\/)/;
/** Built-in modules that only compute. */
const COMPUTING = /^node:(buffer|crypto|util|zlib)$/;
/** What use cases know of the platform: errors and how they are worded, ids, and the shape of a request. */
const PLATFORM_WORDS = /^functions\/platform\/(errors|problem|ids|edge)\.ts$/;

const model = (room: string): ImportRule => ({
  room: `models/${room}`,
  files: new RegExp(`^models/${room}/`),
  may: [new RegExp(`^models/${room}/`), NUMERIC, DOMAIN],
  advice: PURE_ADVICE,
});

/** A working room, apart from its handler. */
const room = (name: string, packages: readonly RegExp[] = []): ImportRule => ({
  room: `functions/${name}`,
  files: new RegExp(`^functions/${name}/`),
  may: [
    new RegExp(`^functions/${name}/(?!handler\\.ts)`),
    /^models\//,
    DATA,
    PLATFORM_WORDS,
    COMPUTING,
    ZOD,
    ...packages,
  ],
  advice: ROOM_ADVICE,
});

export const IMPORT_RULES: readonly ImportRule[] = [
  { room: 'models/domain', files: DOMAIN, may: [DOMAIN], advice: 'words of the domain stand on nothing' },
  { room: 'models/numeric', files: NUMERIC, may: [NUMERIC], advice: 'mathematics knows no domain: take plain numbers' },
  model('detect'),
  model('forecast'),
  model('decide'),
  model('logs'),
  model('calendar'),
  {
    room: 'data/contracts',
    files: /^data\/contracts\.ts$/,
    may: [],
    advice: 'a contract that imports its adapters is none',
  },
  {
    room: 'data/aws',
    files: /^data\/aws\//,
    may: [/^data\/aws\//, /^data\/[^/]+\.ts$/, DOMAIN, ERRORS, NODE, /^@aws-sdk\//, /^@smithy\//],
    advice: 'an adapter knows its contract and the SDK; what both adapters need stands beside the contract',
  },
  {
    room: 'data/embedded',
    files: /^data\/embedded\//,
    may: [/^data\/embedded\//, /^data\/[^/]+\.ts$/, DOMAIN, ERRORS, NODE],
    advice: 'an adapter knows its contract and the system; what both adapters need stands beside the contract',
  },
  {
    room: 'data',
    files: /^data\//,
    may: [
      DATA,
      DOMAIN,
      NUMERIC,
      ERRORS,
      /^functions\/platform\/(auth-key|ids)\.ts$/,
      NODE,
      ZOD,
      /^hyparquet(-writer)?$/,
      /^ical\.js$/,
    ],
    advice: 'codecs and collections stand on the contracts: neither adapters nor the SDK, nor rooms',
  },
  {
    room: 'functions/platform',
    files: /^functions\/platform\//,
    may: [/^functions\/platform\//, DOMAIN, NODE, ZOD, /^@middy\/core$/, /^aws-lambda$/],
    advice: 'the platform serves every room and knows none',
  },
  {
    room: 'functions/channel',
    files: /^functions\/channel\//,
    may: [/^functions\/channel\//, DOMAIN, ERRORS, NODE, /^nodemailer(\/|$)/, /^@aws-sdk\/client-sesv2$/],
    advice: 'a channel knows the way to people and nothing of what is said',
  },
  {
    room: 'functions/compose',
    files: /^functions\/[a-z-]+\.ts$/,
    may: [/^functions\/(?![a-z]+\/handler\.ts)/, /^data\//, /^models\//, NODE, /^@aws-sdk\//],
    advice: 'the composition root joins parts, and only handlers import it',
  },
  {
    room: 'a handler',
    files: /^functions\/[a-z]+\/handler\.ts$/,
    may: [/^functions\/compose(-[a-z]+)?\.ts$/, /^functions\/platform\//],
    advice: 'a handler reads its environment, composes, and hands the edge on',
  },
  room('ingest'),
  room('detect'),
  room('survey'),
  room('forecast'),
  // The only room with TensorFlow: what it trains is used by a plain forward pass in models/forecast.
  room('train', [/^@tensorflow\/tfjs-(core|backend-wasm)$/]),
  room('decide'),
  room('notify'),
  room('query', [/^simple-statistics$/]),
  // It draws and writes mail: the font and the renderer lie beside its bundle.
  room('report', [
    /^simple-statistics$/,
    /^@resvg\/resvg-wasm$/,
    /^nodemailer(\/|$)/,
    /^node:(fs\/promises|module|url)$/,
  ]),
  {
    room: 'cdk',
    files: /^cdk\//,
    may: [/^cdk\//, /^data\/aws\/table-schema\.ts$/, /^aws-cdk-lib(\/|$)/, /^cdk-nag$/, /^constructs$/, NODE],
    advice: 'the deployment names handlers by path; of the code it knows only the names in the table',
  },
  {
    room: 'local',
    files: /^local\//,
    may: [/^(local|functions|data|models)\//, NODE, ZOD, /^@aws-sdk\//, /^aws-lambda$/, /^snappyjs$/],
    advice: 'the embedded runtime feeds the same handlers; tests and benches are no part of it',
  },
];

export function ruleOf(path: string, rules: readonly ImportRule[] = IMPORT_RULES): ImportRule | undefined {
  return rules.find((rule) => rule.files.test(path));
}
