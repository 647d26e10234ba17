import Type, { type Static } from 'typebox'

const text = (description: string) => Type.Optional(Type.String({ description }))
/** A variable whose value is never in messages or examples. */
const secret = (description: string) => Type.Optional(Type.String({ description, writeOnly: true }))
const whole = (minimum: number, maximum: number, usual: number, description: string) =>
  Type.Integer({ minimum, maximum, default: usual, description })
const networks = (description: string) =>
  Type.String({
    pattern: '^[^\\s,]+( *, *[^\\s,]+)*$',
    $comment: 'CIDRs, IP addresses and hosts, each with :port or without, separated by commas',
    description,
  })
const httpAddress = (description: string) =>
  Type.String({ pattern: '^https?://[^\\s]+$', $comment: 'an http or https address', description })
/** A list of names, each with the system that may use it. */
const list = (description: string) =>
  Type.Optional(
    Type.String({
      pattern: '^([a-z0-9-]{1,40}|[*])=[^,=]+( *, *([a-z0-9-]{1,40}|[*])=[^,=]+)*$',
      $comment: 'system=NAME, or several separated by commas, * for any system or part of a name',
      description,
    }),
  )
const prefix = (description: string) =>
  Type.String({
    pattern: '^[A-Za-z0-9._-]{0,100}$',
    $comment: 'at most 100 letters, digits, dots, dashes and underscores',
    default: '',
    description,
  })

/**
 * Every variable of the environment: type, default and description. The table of docs/reference/settings.md and
 * `.env.example` are generated from it (`npm run generate`). `examples`: values for required variables.
 */
export const environmentSchema = Type.Object({
  KAFKA_BROKERS: Type.String({
    $comment: 'host:port, or several separated by commas',
    description: 'addresses of the brokers',
    examples: ['127.0.0.1:9092'],
  }),
  KAFKA_SSL: Type.Boolean({ default: false, description: 'true: connections to brokers are encrypted' }),
  KAFKA_SASL_MECHANISM: Type.Optional(
    Type.Enum(['plain', 'scram-sha-256', 'scram-sha-512', 'aws-msk-iam'], {
      description: 'how to sign in to brokers; aws-msk-iam: to Amazon MSK with AWS credentials',
    }),
  ),
  KAFKA_SASL_USERNAME: text('user at the brokers; required with KAFKA_SASL_MECHANISM, except aws-msk-iam'),
  KAFKA_SASL_PASSWORD: secret('its password; required with KAFKA_SASL_MECHANISM, except aws-msk-iam'),
  KAFKA_SESSION_TIMEOUT_MS: whole(
    6_000,
    300_000,
    15_000,
    'after this time without a heartbeat, partitions of a consumer go to others',
  ),
  KAFKA_INSTANCE_ID: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9._-]{1,200}$',
      $comment: 'at most 200 letters, digits, dots, dashes and underscores',
      description:
        'name that this process keeps over restarts (pod of a StatefulSet): its partitions stay reserved for it',
    }),
  ),
  SCHEMA_REGISTRY_URL: Type.String({
    description: 'address of the schema registry',
    examples: ['http://127.0.0.1:8081'],
  }),
  SCHEMA_REGISTRY_USERNAME: text('user at the registry'),
  SCHEMA_REGISTRY_PASSWORD: secret('its password'),
  DYNAMODB_ENDPOINT: text('address of DynamoDB Local; without it, AWS'),
  AWS_REGION: text(
    'region of the tables, and of MSK; required without DYNAMODB_ENDPOINT, and with KAFKA_SASL_MECHANISM=aws-msk-iam',
  ),
  AWS_ACCESS_KEY_ID: text('access key; without it, the default chain of the AWS SDK (profile, role)'),
  AWS_SECRET_ACCESS_KEY: secret('its secret'),
  AWS_SESSION_TOKEN: secret('its session token, if it is temporary'),
  TOPIC_PREFIX: prefix('prefix of the names of topics and groups'),
  TABLE_PREFIX: prefix('prefix of the names of tables'),
  TOPIC_PARTITIONS: whole(1, 1000, 6, 'partitions of a topic; can not be changed once the topics exist'),
  TOPIC_REPLICATION: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 9, description: 'replicas of a topic; 1 with DYNAMODB_ENDPOINT, else 3' }),
  ),
  API_HOST: Type.String({
    default: '127.0.0.1',
    description: 'address that the API listens on; any other than the default requires API_TOKEN or a key',
  }),
  API_PORT: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 65_535, description: 'its port; by default 8080, or a free one' }),
  ),
  API_TOKEN: secret("administrator's key of a small installation; callers of the API send it as a bearer token"),
  API_TOKEN_FILE: text('file with the key, in place of API_TOKEN'),
  OIDC_ISSUER: text(
    'https address of an OpenID Connect issuer; its access tokens (JWT) are accepted in addition to keys',
  ),
  OIDC_AUDIENCE: text('audience that its tokens must have; required with OIDC_ISSUER'),
  OIDC_SCOPES_CLAIM: Type.String({ default: 'scope', description: 'claim of its tokens with the scopes' }),
  OIDC_CONNECTIONS_CLAIM: Type.String({
    default: 'waldstream_connections',
    description: 'claim with the ids of the connections they may access, or all; without it, none',
  }),
  OIDC_SYSTEMS_CLAIM: Type.String({
    default: 'waldstream_systems',
    description: 'claim with the ids of the systems they may access, or all; without it, none',
  }),
  OIDC_NAME_CLAIM: Type.String({ default: 'sub', description: 'claim with the name that changes are recorded under' }),
  API_TLS_CERT_FILE: text('certificate of the API, with its chain, in PEM; reloaded when it changes'),
  API_TLS_KEY_FILE: text('its key, in PEM; required with API_TLS_CERT_FILE'),
  API_TRUSTED_PROXIES: text(
    'addresses or networks (10.0.0.0/8) of proxies that encrypt for the API, separated by commas; their X-Forwarded-… headers are trusted',
  ),
  API_ALLOW_PLAINTEXT: Type.Boolean({
    default: false,
    description: 'true: other machines may reach the API without TLS and without a trusted proxy',
  }),
  API_ALLOWED_HOSTS: text('host names of the API besides localhost, separated by commas, when it requires no key'),
  API_REQUESTS_PER_MINUTE: whole(
    1,
    10_000_000,
    12_000,
    'most requests of one key per minute; of one address without a key',
  ),
  API_REFUSALS_PER_MINUTE: whole(1, 10_000_000, 1_000, 'most refused requests of one address per minute'),
  API_MAX_CONNECTIONS: whole(1, 100_000, 2_000, 'most open connections to the API'),
  API_MAX_CONNECTIONS_PER_ADDRESS: whole(
    1,
    100_000,
    400,
    'most connections of one address; no limit for trusted proxies',
  ),
  API_REQUEST_TIMEOUT_MS: whole(1_000, 600_000, 30_000, 'time in which a request must arrive completely'),
  METRICS_HOST: Type.String({
    default: '127.0.0.1',
    description:
      'address that every role serves /metrics and /health on; it requires no key: only for the network of operators',
  }),
  METRICS_PORT: Type.Optional(
    Type.String({
      pattern: '^(off|[0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$',
      $comment: 'a port, 0 for a free one, or off',
      description: 'its port; by default 9464, or a free one',
    }),
  ),
  CURSOR_KEY: secret('key that seals cursors; by default created once and stored'),
  AUDIT_DAYS: whole(1, 3650, 400, 'days that entries of the audit trail are kept'),
  PUBLIC_URL: Type.Optional(
    Type.String({
      pattern: '^https?://[^\\s?#]+$',
      $comment: 'an http(s) address without a query',
      description:
        'address of the web page, for links in notifications and in orders by e-mail; without it, the former have no links and the latter are not sent',
    }),
  ),
  SMTP_HOST: text('mail server for notifications and orders by e-mail; without it, none are sent'),
  SMTP_PORT: whole(1, 65_535, 587, 'its port'),
  SMTP_TLS: Type.Enum(['starttls', 'tls', 'off'], {
    default: 'starttls',
    description: 'encryption of its connection: STARTTLS, TLS from the start (port 465), or off',
  }),
  SMTP_USERNAME: text('user at the mail server'),
  SMTP_PASSWORD: secret('its password; required with SMTP_USERNAME'),
  SMTP_FROM: text('sender address of e-mails; required with SMTP_HOST'),
  FEED_SETTLE_MS: whole(0, 600_000, 5000, 'how long a timeslot waits for late records'),
  RUN_LEASE_MS: whole(4_000, 600_000, 30_000, 'after this time without a heartbeat another producer takes over a run'),
  SECRET_ENV_PREFIX: Type.String({
    pattern: '^[A-Z][A-Z0-9_]{2,60}_$',
    $comment: 'a prefix of names, such as WALDSTREAM_SECRET_',
    default: 'WALDSTREAM_SECRET_',
    description: 'variables that start with this prefix, a system id and two underscores are secrets of that system',
  }),
  SECRET_ENV_NAMES: list('other variables that systems may use as secrets; by default those of the demo'),
  SECRET_DIR: Type.String({
    pattern: '^/.+$',
    $comment: 'an absolute path',
    default: '/run/secrets',
    description: 'folder of files whose names start with the id of a system: secrets of that system',
  }),
  SECRET_FILES: list('other files that systems may use as secrets'),
  SECRET_AWS_PREFIX: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9/_+=.@-]{1,200}$',
      $comment: 'a prefix of names, such as waldstream/',
      description: 'names in AWS that start with this prefix, a system id and a slash are secrets of that system',
    }),
  ),
  SECRET_AWS_NAMES: list('other names in AWS Secrets Manager and Parameter Store that systems may use as secrets'),
  AWS_ROLE_SYSTEMS: text(
    "systems that may use the process's own AWS credentials in place of secrets, separated by commas, or * for any",
  ),
  FILES_ROOT: text(
    'folder on this machine whose subfolders, one per system and named by its id, systems with the address folder:/// use; without it, none may',
  ),
  ALLOWED_PLAINTEXT_LOGINS: Type.Boolean({
    default: false,
    description: 'true: logins to brokers, registry, mail server and the receiver of spans may be sent unencrypted',
  }),
  ALLOWED_DATA_LOSS: Type.Boolean({
    default: false,
    description:
      'true: topics on brokers of other machines may have fewer than 3 replicas, or elect a leader that lacks records: acknowledged records may be lost',
  }),
  ALLOWED_PRIVATE_NETWORKS: Type.Optional(
    networks(
      'private networks and hosts that systems, webhooks of recipients and an issuer of tokens may be in; without it, only the public internet',
    ),
  ),
  ALLOWED_HTTP_HOSTS: Type.Optional(networks('hosts that secrets may be sent to by http; without it, only by https')),
  CONFIG_ENV_NAMES: Type.String({
    pattern: '^[A-Za-z0-9_*]+( *, *[A-Za-z0-9_*]+)*$',
    $comment: 'names of variables, separated by commas, * for any part of a name',
    default: 'DEMO_*_URL,DEMO_*_PATTERN',
    description: 'variables that configuration files may use for an address or a pattern; never secrets',
  }),
  PERSONAL_DATA: Type.Optional(
    Type.Enum(['encrypted', 'plain'], {
      description:
        'how topics store personal data; by default `encrypted`, or `plain` if the installation started with it',
    }),
  ),
  RETAIN_ORDERS_DAYS: Type.Optional(
    Type.Integer({
      minimum: 31,
      maximum: 36_500,
      description: 'days after the month of an order until its personal data is forgotten; by default never',
    }),
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(
    httpAddress(
      'address that spans are exported to, by OTLP over HTTP as JSON, at /v1/traces; without it, tracing is off',
    ),
  ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: Type.Optional(
    httpAddress('the same with its full path, in place of OTEL_EXPORTER_OTLP_ENDPOINT'),
  ),
  OTEL_EXPORTER_OTLP_HEADERS: secret('headers of exports, as name=value separated by commas, values percent-encoded'),
  OTEL_SERVICE_NAME: Type.String({ default: 'waldstream', description: 'name of the service in traces' }),
  OTEL_RESOURCE_ATTRIBUTES: text('more attributes of the service, as name=value separated by commas'),
  OTEL_TRACES_SAMPLER: Type.Enum(
    [
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
      'always_on',
      'always_off',
      'traceidratio',
    ],
    { default: 'parentbased_always_on', description: 'which traces are exported' },
  ),
  OTEL_TRACES_SAMPLER_ARG: Type.String({
    pattern: '^(0|1|[01]?[.][0-9]{1,9})$',
    $comment: 'a part of 1, for example 0.1',
    default: '1',
    description: 'part of the traces that the samplers with traceidratio export',
  }),
  OTEL_SDK_DISABLED: Type.Boolean({ default: false, description: 'true: tracing is off, whatever else is set' }),
  CONFIG_DIR: text('configuration folder that is applied at start'),
  LOG_LEVEL: Type.Optional(
    Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
      description: 'lowest level that is logged; by default `info` for `run`, and `warn` for other commands',
    }),
  ),
  LOG_FORMAT: Type.Optional(
    Type.Enum(['json', 'text'], {
      description: 'form of log lines; by default `text` on a terminal, else `json`',
    }),
  ),
})

export type Variables = Static<typeof environmentSchema>
export type VariableName = keyof Variables

/** The expected value of a variable, in words. */
export function expectedOf(name: VariableName): string {
  const { type, minimum, maximum, enum: values, $comment } = propertyOf(name)
  if ($comment !== undefined) return $comment
  if (values !== undefined) return `one of ${values.join(', ')}`
  if (type === 'integer') return `a whole number from ${minimum} to ${maximum}`
  return type === 'boolean' ? 'true or false' : 'a text'
}

interface VariableSchema {
  readonly type?: string
  readonly description?: string
  readonly default?: string | number | boolean
  readonly examples?: readonly string[]
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly writeOnly?: boolean
  readonly $comment?: string
}

export function propertyOf(name: VariableName): VariableSchema {
  return environmentSchema.properties[name]
}

export const variableNames = Object.keys(environmentSchema.properties) as readonly VariableName[]

/** Whether the variable must always be set. */
export function isRequired(name: VariableName): boolean {
  const required: readonly string[] = environmentSchema.required
  return required.includes(name) && propertyOf(name).default === undefined
}
