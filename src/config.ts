import { readFileSync } from 'node:fs'
import { Check } from 'typebox/value'
import { StreamError } from './errors.ts'
import { pathFault } from './path-fault.ts'
import {
  environmentSchema,
  expectedOf,
  isRequired,
  propertyOf,
  type VariableName,
  type Variables,
  variableNames,
} from './variables.ts'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'

export type LogFormat = 'json' | 'text'

/** Name and password at the brokers. */
export interface PasswordConfig {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: string
  readonly password: string
}

/** Brokers of Amazon MSK, which know the process by its AWS credentials. */
export interface MskIamConfig {
  readonly mechanism: 'aws-msk-iam'
  readonly region: string
  /** Null: the default chain of the AWS SDK (profile, role). */
  readonly credentials: AwsCredentials | null
}

/** How to sign in to brokers. */
export type SaslConfig = PasswordConfig | MskIamConfig

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** Settings of the API's HTTP server. */
export interface HttpSettings {
  /** Null: no encryption. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null
  /** Addresses and networks of proxies whose forwarded headers are trusted. */
  readonly trustedProxies: readonly string[]
  /** True: other machines may reach it without encryption. */
  readonly plaintextAllowed: boolean
  /** Host names of the API when it requires no key. */
  readonly allowedHosts: readonly string[]
  readonly requestsPerMinute: number
  readonly refusalsPerMinute: number
  readonly mostConnections: number
  readonly mostConnectionsPerAddress: number
  readonly requestTimeoutMs: number
}

/** Issuer and audience of accepted bearer tokens, and the names of the claims with their permissions. */
export interface OidcConfig {
  readonly issuer: string
  readonly audience: string
  readonly claims: {
    readonly scopes: string
    readonly connections: string
    readonly systems: string
    readonly name: string
  }
}

/** The mail server that notifications go through. */
export interface MailConfig {
  readonly host: string
  readonly port: number
  readonly tls: 'starttls' | 'tls' | 'off'
  /** Null: the server requires no login. */
  readonly login: { readonly username: string; readonly password: string } | null
  /** Address of the sender. */
  readonly from: string
}

/** Where spans are exported to, and which ones. */
export interface TracingConfig {
  /** Complete address; it must accept OTLP over HTTP as JSON. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly serviceName: string
  /** Attributes of the service besides its name. */
  readonly resource: Readonly<Record<string, string>>
  readonly sampler: Variables['OTEL_TRACES_SAMPLER']
  /** From 0 to 1, for the samplers with a ratio. */
  readonly ratio: number
}

/** All settings from the environment; src/variables.ts declares the variables. */
export interface Config {
  readonly kafka: {
    readonly brokers: readonly string[]
    readonly ssl: boolean
    readonly sasl: SaslConfig | null
    /** After this time without a heartbeat the group removes a member and reassigns its partitions. */
    readonly sessionTimeoutMs: number
    /** Name that this process keeps in its groups over restarts; null: each start is a new member. */
    readonly instanceId: string | null
  }
  readonly registry: { readonly url: string; readonly username: string | null; readonly password: string | null }
  readonly dynamodb: {
    readonly endpoint: string | null
    readonly region: string
    /** Null: the default chain of the AWS SDK (profile, role). */
    readonly credentials: AwsCredentials | null
  }
  readonly topicPrefix: string
  readonly tablePrefix: string
  readonly partitions: number
  readonly replication: number
  /** True: topics on brokers of other machines may lose acknowledged records. */
  readonly dataLossAllowed: boolean
  readonly api: {
    readonly host: string
    readonly port: number
    /** True when the port was not set: a free one may be taken instead. */
    readonly portIsDefault: boolean
    readonly token: string | null
    /** Null: no tokens of an issuer are accepted. */
    readonly oidc: OidcConfig | null
  }
  readonly http: HttpSettings
  /** Address of `/metrics` and `/health` in every role; null: off. */
  readonly metrics: {
    readonly host: string
    readonly port: number
    /** True when the port was not set: a free one may be taken instead. */
    readonly portIsDefault: boolean
  } | null
  /** Null: no tracing. */
  readonly tracing: TracingConfig | null
  readonly cursorKey: string | null
  /** Days after which an entry of the audit trail expires. */
  readonly auditDays: number
  /** How topics store personal data; null: as at the start of the installation. */
  readonly personalData: 'encrypted' | 'plain' | null
  /** How long an order's personal data is kept after the order's month; null: unlimited. */
  readonly retainOrdersDays: number | null
  /** Address of the web page, without a slash at the end; null: unknown. */
  readonly publicUrl: string | null
  /** Null: no e-mails are sent. */
  readonly mail: MailConfig | null
  readonly feedSettleMs: number
  /** After this time without a heartbeat another worker takes over a run. */
  readonly runLeaseMs: number
  readonly logLevel: LogLevel
  /** True when the level was not set: commands that people run log less than a service. */
  readonly logLevelIsDefault: boolean
  /** Null: text on a terminal, else JSON. */
  readonly logFormat: LogFormat | null
  readonly configDir: string | null
  /** The environment itself, only for references of the form `env:NAME`. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

type Environment = Readonly<Record<string, string | undefined>>

/** The value of a variable in its type; a value that can't be converted stays text. */
function convert(name: VariableName, given: string): unknown {
  const { type } = propertyOf(name)
  if (type === 'integer') return /^\d{1,15}$/.test(given) ? Number(given) : given
  if (type === 'boolean') return { true: true, '1': true, false: false, '0': false }[given] ?? given
  return given
}

interface ReadVariables {
  readonly values: Variables
  readonly mistakes: readonly string[]
}

/**
 * Collects every mistake, so that one start shows all of them. Invalid variables get their default, if they have one.
 */
function readVariables(env: Environment): ReadVariables {
  const values: Record<string, unknown> = {}
  const mistakes: string[] = []
  for (const name of variableNames) {
    const property = environmentSchema.properties[name]
    const { default: usual, examples, writeOnly } = propertyOf(name)
    const given = env[name]?.trim() ?? ''
    const value = given === '' ? usual : convert(name, given)
    if (value === undefined) {
      if (isRequired(name)) mistakes.push(notSet(name, examples?.[0] ?? '…'))
    } else if (Check(property, value)) values[name] = value
    else {
      mistakes.push(`${name} must be ${expectedOf(name)}${writeOnly === true ? '' : `, not "${given}"`}`)
      if (usual !== undefined) values[name] = usual
    }
  }
  // Each variable was checked by its own schema; if a required one is missing, the mistakes stop the start.
  return { values: values as Variables, mistakes }
}

function notSet(name: string, example: string): string {
  return `${name} is not set; for example ${name}=${example}`
}

/** Missing variables that others require. */
function missingTogether(values: Variables): readonly string[] {
  const missing: string[] = []
  const { KAFKA_SASL_MECHANISM: mechanism } = values
  if (mechanism !== undefined && mechanism !== MSK_IAM) {
    if (values.KAFKA_SASL_USERNAME === undefined) missing.push(notSet('KAFKA_SASL_USERNAME', 'waldstream'))
    if (values.KAFKA_SASL_PASSWORD === undefined) missing.push(notSet('KAFKA_SASL_PASSWORD', '…'))
  }
  const { API_TLS_CERT_FILE: cert, API_TLS_KEY_FILE: key } = values
  if (cert !== undefined && key === undefined) missing.push(notSet('API_TLS_KEY_FILE', '/run/secrets/api-key.pem'))
  if (key !== undefined && cert === undefined) missing.push(notSet('API_TLS_CERT_FILE', '/run/secrets/api-cert.pem'))
  if (values.SMTP_HOST !== undefined && values.SMTP_FROM === undefined) {
    missing.push(notSet('SMTP_FROM', 'waldstream@example.com'))
  }
  if (values.SMTP_USERNAME !== undefined && values.SMTP_PASSWORD === undefined)
    missing.push(notSet('SMTP_PASSWORD', '…'))
  const isAws = values.DYNAMODB_ENDPOINT === undefined || mechanism === MSK_IAM
  if (isAws && values.AWS_REGION === undefined) missing.push(notSet('AWS_REGION', 'eu-central-1'))
  return missing
}

const MSK_IAM = 'aws-msk-iam'

/** Settings that contradict a login with AWS credentials. No permission allows it without TLS: MSK has no such port. */
function wrongMskIam(values: Variables): readonly string[] {
  if (values.KAFKA_SASL_MECHANISM !== MSK_IAM) return []
  const both = `KAFKA_SASL_MECHANISM=${MSK_IAM}`
  const passwords = (['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const).filter((name) => values[name])
  return [
    ...(values.KAFKA_SSL ? [] : [`KAFKA_SSL must be true with ${both}`]),
    ...passwords.map((name) => `${name} must not be set with ${both}, which signs in with AWS credentials: remove it`),
  ]
}

function oidcOf(values: Variables): OidcConfig | null {
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience } = values
  if (issuer === undefined || audience === undefined) return null
  const claims = {
    scopes: values.OIDC_SCOPES_CLAIM,
    connections: values.OIDC_CONNECTIONS_CLAIM,
    systems: values.OIDC_SYSTEMS_CLAIM,
    name: values.OIDC_NAME_CLAIM,
  }
  return { issuer, audience, claims }
}

/** An https address, or http on this machine: plain http can be read and changed on the way. */
const SAFE_ADDRESS = /^(https:\/\/[^\s]+|http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?(\/[^\s]*)?)$/

function wrongIssuer({ OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience }: Variables): readonly string[] {
  const wrong: string[] = []
  if (issuer !== undefined && audience === undefined) wrong.push(notSet('OIDC_AUDIENCE', 'waldstream'))
  if (issuer === undefined && audience !== undefined) wrong.push(notSet('OIDC_ISSUER', 'https://login.example.com'))
  if (issuer !== undefined && !SAFE_ADDRESS.test(issuer))
    wrong.push(`OIDC_ISSUER must be an https address, not "${issuer}"`)
  return wrong
}

/** Mistakes for logins that would be sent unencrypted. */
function plaintextLogins(values: Variables): readonly string[] {
  if (values.ALLOWED_PLAINTEXT_LOGINS) return []
  const way = 'or allow it with ALLOWED_PLAINTEXT_LOGINS=true'
  const { SCHEMA_REGISTRY_URL: registry = '', SCHEMA_REGISTRY_PASSWORD: password } = values
  const found: string[] = []
  const { KAFKA_SASL_MECHANISM: mechanism } = values
  if (mechanism !== undefined && mechanism !== MSK_IAM && !values.KAFKA_SSL) {
    found.push(`KAFKA_SSL must be true with KAFKA_SASL_MECHANISM, ${way}`)
  }
  if (values.SMTP_USERNAME !== undefined && values.SMTP_TLS === 'off') {
    found.push(`SMTP_TLS must be starttls or tls with SMTP_USERNAME, ${way}`)
  }
  const hasLogin = password !== undefined || /^http:\/\/[^/]*@/.test(registry)
  if (hasLogin && registry.startsWith('http:')) {
    found.push(`SCHEMA_REGISTRY_URL must be https when it is used with a password, ${way}`)
  }
  const spans = tracingOf(values)
  if (values.OTEL_EXPORTER_OTLP_HEADERS !== undefined && spans !== null && !SAFE_ADDRESS.test(spans.url)) {
    found.push(`spans must be exported to an https address when OTEL_EXPORTER_OTLP_HEADERS is set, ${way}`)
  }
  return found
}

/** Reads a file as text; throws when it can't. */
type ReadFile = (path: string) => string

interface ReadToken {
  readonly token: string | null
  readonly mistakes: readonly string[]
}

/**
 * The API's token, from the environment or from a file, as orchestrators mount secrets and other programs can't list
 * it.
 */
function readToken({ API_TOKEN: token, API_TOKEN_FILE: file }: Variables, readFile: ReadFile): ReadToken {
  if (file === undefined) return { token: token ?? null, mistakes: [] }
  const wrong = (message: string): ReadToken => ({ token: null, mistakes: [`API_TOKEN_FILE ${message}`] })
  if (token !== undefined) return wrong('and API_TOKEN are both set; set one of them')
  try {
    const read = readFile(file).trim()
    return read === '' ? wrong(`names ${file}, which is empty`) : { token: read, mistakes: [] }
  } catch (error) {
    return wrong(`names ${file}, which ${pathFault(error)}`)
  }
}

/** Reads and checks the environment; throws one `configuration_invalid` that lists every mistake. */
export function readConfig(env: Environment, readFile: ReadFile = (path) => readFileSync(path, 'utf8')): Config {
  const { values, mistakes } = readVariables(env)
  const { token, mistakes: ofToken } = readToken(values, readFile)
  const all = [
    ...mistakes,
    ...ofToken,
    ...wrongIssuer(values),
    ...missingTogether(values),
    ...wrongMskIam(values),
    ...plaintextLogins(values),
  ]
  if (all.length > 0) {
    throw new StreamError('configuration_invalid', `the environment is not usable:\n- ${all.join('\n- ')}`)
  }
  return {
    kafka: {
      brokers: listOf(values.KAFKA_BROKERS),
      ssl: values.KAFKA_SSL,
      sasl: saslOf(values),
      sessionTimeoutMs: values.KAFKA_SESSION_TIMEOUT_MS,
      instanceId: values.KAFKA_INSTANCE_ID ?? null,
    },
    registry: {
      url: values.SCHEMA_REGISTRY_URL,
      username: values.SCHEMA_REGISTRY_USERNAME ?? null,
      password: values.SCHEMA_REGISTRY_PASSWORD ?? null,
    },
    dynamodb: dynamodbOf(values),
    topicPrefix: values.TOPIC_PREFIX,
    tablePrefix: values.TABLE_PREFIX,
    partitions: values.TOPIC_PARTITIONS,
    dataLossAllowed: values.ALLOWED_DATA_LOSS,
    replication: values.TOPIC_REPLICATION ?? (values.DYNAMODB_ENDPOINT === undefined ? 3 : 1),
    api: {
      host: values.API_HOST,
      port: values.API_PORT ?? 8080,
      portIsDefault: values.API_PORT === undefined,
      token,
      oidc: oidcOf(values),
    },
    http: httpOf(values),
    metrics: metricsOf(values),
    tracing: tracingOf(values),
    cursorKey: values.CURSOR_KEY ?? null,
    auditDays: values.AUDIT_DAYS,
    personalData: values.PERSONAL_DATA ?? null,
    retainOrdersDays: values.RETAIN_ORDERS_DAYS ?? null,
    publicUrl: values.PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    mail: mailOf(values),
    feedSettleMs: values.FEED_SETTLE_MS,
    runLeaseMs: values.RUN_LEASE_MS,
    logLevel: values.LOG_LEVEL ?? 'info',
    logLevelIsDefault: values.LOG_LEVEL === undefined,
    logFormat: values.LOG_FORMAT ?? null,
    configDir: values.CONFIG_DIR ?? null,
    environment: env,
  }
}

function mailOf(values: Variables): MailConfig | null {
  const { SMTP_HOST: host, SMTP_FROM: from, SMTP_USERNAME: username, SMTP_PASSWORD: password } = values
  if (host === undefined || from === undefined) return null
  const login = username === undefined || password === undefined ? null : { username, password }
  return { host, port: values.SMTP_PORT, tls: values.SMTP_TLS, login, from }
}

const METRICS_PORT = 9464

function metricsOf({ METRICS_HOST: host, METRICS_PORT: port }: Variables): Config['metrics'] {
  if (port === 'off') return null
  return { host, port: port === undefined ? METRICS_PORT : Number(port), portIsDefault: port === undefined }
}

const TRACES_PATH = '/v1/traces'

function tracingOf(values: Variables): TracingConfig | null {
  const base = values.OTEL_EXPORTER_OTLP_ENDPOINT
  const url =
    values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ??
    (base === undefined ? undefined : base.replace(/\/$/, '') + TRACES_PATH)
  if (url === undefined || values.OTEL_SDK_DISABLED) return null
  return {
    url,
    headers: pairsOf(values.OTEL_EXPORTER_OTLP_HEADERS),
    serviceName: values.OTEL_SERVICE_NAME,
    resource: pairsOf(values.OTEL_RESOURCE_ATTRIBUTES),
    sampler: values.OTEL_TRACES_SAMPLER,
    ratio: Number(values.OTEL_TRACES_SAMPLER_ARG),
  }
}

/** `name=value` pairs in OpenTelemetry's form for variables: percent-encoded, separated by commas. */
function pairsOf(given: string | undefined): Readonly<Record<string, string>> {
  const pairs = listOf(given).map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return [name.trim(), decoded(value.join('=').trim())] as const
  })
  return Object.fromEntries(pairs.filter(([name]) => name !== ''))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function httpOf(values: Variables): HttpSettings {
  const { API_TLS_CERT_FILE: certFile, API_TLS_KEY_FILE: keyFile } = values
  return {
    tls: certFile === undefined || keyFile === undefined ? null : { certFile, keyFile },
    trustedProxies: listOf(values.API_TRUSTED_PROXIES),
    plaintextAllowed: values.API_ALLOW_PLAINTEXT,
    allowedHosts: listOf(values.API_ALLOWED_HOSTS),
    requestsPerMinute: values.API_REQUESTS_PER_MINUTE,
    refusalsPerMinute: values.API_REFUSALS_PER_MINUTE,
    mostConnections: values.API_MAX_CONNECTIONS,
    mostConnectionsPerAddress: values.API_MAX_CONNECTIONS_PER_ADDRESS,
    requestTimeoutMs: values.API_REQUEST_TIMEOUT_MS,
  }
}

function listOf(given = ''): readonly string[] {
  return given
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}

function saslOf({ KAFKA_SASL_MECHANISM: mechanism, ...values }: Variables): SaslConfig | null {
  if (mechanism === undefined) return null
  if (mechanism === MSK_IAM) {
    return { mechanism, region: values.AWS_REGION ?? '', credentials: credentialsOf(values) }
  }
  return { mechanism, username: values.KAFKA_SASL_USERNAME ?? '', password: values.KAFKA_SASL_PASSWORD ?? '' }
}

function dynamodbOf(values: Variables): Config['dynamodb'] {
  const { DYNAMODB_ENDPOINT: endpoint = null, AWS_REGION: region = 'local' } = values
  return { endpoint, region, credentials: credentialsOf(values) }
}

function credentialsOf(values: Variables): AwsCredentials | null {
  const accessKeyId = values.AWS_ACCESS_KEY_ID
  const secretAccessKey = values.AWS_SECRET_ACCESS_KEY
  const sessionToken = values.AWS_SESSION_TOKEN
  if (accessKeyId === undefined || secretAccessKey === undefined) return null
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
}

/** The only place that reads process.env. */
export function configFromEnvironment(overrides: Environment = {}): Config {
  return readConfig({ ...process.env, ...overrides })
}

/** The process's environment, for starting other programs. */
export function processEnvironment(): Environment {
  return process.env
}
