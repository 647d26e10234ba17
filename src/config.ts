import { StreamError } from './errors.ts'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'

export interface SaslConfig {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: string
  readonly password: string
}

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** Everything the environment decides; design.md names the variables. */
export interface Config {
  readonly kafka: {
    readonly brokers: readonly string[]
    readonly ssl: boolean
    readonly sasl: SaslConfig | null
    /** After so long without a heartbeat the group counts a member as dead and shares its partitions anew. */
    readonly sessionTimeoutMs: number
  }
  readonly registry: { readonly url: string; readonly username: string | null; readonly password: string | null }
  readonly dynamodb: {
    readonly endpoint: string | null
    readonly region: string
    /** Null: the AWS SDK's own chain (profile, role). */
    readonly credentials: AwsCredentials | null
  }
  readonly topicPrefix: string
  readonly tablePrefix: string
  readonly partitions: number
  readonly replication: number
  readonly api: {
    readonly host: string
    readonly port: number
    /** True when nobody asked for this port: a free one may be taken instead. */
    readonly portIsDefault: boolean
    readonly token: string | null
  }
  readonly cursorKey: string | null
  readonly feedSettleMs: number
  /** After so long without a heartbeat another worker goes on with a run. */
  readonly runLeaseMs: number
  readonly logLevel: LogLevel
  readonly configDir: string | null
  /** The environment itself, for references of the form `env:NAME` alone. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

type Environment = Readonly<Record<string, string | undefined>>

const LEVELS: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'silent']
const MECHANISMS: readonly string[] = ['plain', 'scram-sha-256', 'scram-sha-512']
const PREFIX = /^[A-Za-z0-9._-]{0,100}$/

/** Collects every mistake, so that one start shows all of them. */
class Reader {
  readonly mistakes: string[] = []
  readonly #env: Environment

  constructor(env: Environment) {
    this.#env = env
  }

  text(name: string): string | null {
    const value = this.#env[name]?.trim()
    return value === undefined || value === '' ? null : value
  }

  required(name: string, example: string): string {
    const value = this.text(name)
    if (value === null) this.mistakes.push(`${name} is not set; for example ${name}=${example}`)
    return value ?? ''
  }

  integer(name: string, fallback: number, least: number, most: number): number {
    const value = this.text(name)
    if (value === null) return fallback
    const number = Number(value)
    if (Number.isInteger(number) && number >= least && number <= most) return number
    this.mistakes.push(`${name} must be a whole number from ${least} to ${most}, not "${value}"`)
    return fallback
  }

  flag(name: string): boolean {
    const value = this.text(name) ?? 'false'
    if (!['true', 'false', '1', '0'].includes(value))
      this.mistakes.push(`${name} must be true or false, not "${value}"`)
    return value === 'true' || value === '1'
  }

  oneOf(name: string, allowed: readonly string[], fallback: string): string {
    const value = this.text(name) ?? fallback
    if (!allowed.includes(value)) this.mistakes.push(`${name} must be one of ${allowed.join(', ')}, not "${value}"`)
    return value
  }

  prefix(name: string): string {
    const value = this.text(name) ?? ''
    if (!PREFIX.test(value)) this.mistakes.push(`${name} may hold letters, digits, dots, dashes and underscores only`)
    return value
  }
}

function readSasl(reader: Reader): SaslConfig | null {
  if (reader.text('KAFKA_SASL_MECHANISM') === null) return null
  return {
    mechanism: reader.oneOf('KAFKA_SASL_MECHANISM', MECHANISMS, 'plain') as SaslConfig['mechanism'],
    username: reader.required('KAFKA_SASL_USERNAME', 'waldstream'),
    password: reader.required('KAFKA_SASL_PASSWORD', '…'),
  }
}

function readCredentials(reader: Reader): AwsCredentials | null {
  const accessKeyId = reader.text('AWS_ACCESS_KEY_ID')
  const secretAccessKey = reader.text('AWS_SECRET_ACCESS_KEY')
  const sessionToken = reader.text('AWS_SESSION_TOKEN')
  if (accessKeyId === null || secretAccessKey === null) return null
  return { accessKeyId, secretAccessKey, ...(sessionToken === null ? {} : { sessionToken }) }
}

/** Reads and checks the environment; throws one `configuration_invalid` that lists every mistake. */
export function readConfig(env: Environment): Config {
  const reader = new Reader(env)
  const endpoint = reader.text('DYNAMODB_ENDPOINT')
  const config: Config = {
    kafka: {
      brokers: reader
        .required('KAFKA_BROKERS', '127.0.0.1:9092')
        .split(',')
        .map((broker) => broker.trim()),
      ssl: reader.flag('KAFKA_SSL'),
      sasl: readSasl(reader),
      sessionTimeoutMs: reader.integer('KAFKA_SESSION_TIMEOUT_MS', 30_000, 6_000, 300_000),
    },
    registry: {
      url: reader.required('SCHEMA_REGISTRY_URL', 'http://127.0.0.1:8081'),
      username: reader.text('SCHEMA_REGISTRY_USERNAME'),
      password: reader.text('SCHEMA_REGISTRY_PASSWORD'),
    },
    dynamodb: {
      endpoint,
      region:
        endpoint === null ? reader.required('AWS_REGION', 'eu-central-1') : (reader.text('AWS_REGION') ?? 'local'),
      credentials: readCredentials(reader),
    },
    topicPrefix: reader.prefix('TOPIC_PREFIX'),
    tablePrefix: reader.prefix('TABLE_PREFIX'),
    partitions: reader.integer('TOPIC_PARTITIONS', 6, 1, 1000),
    replication: reader.integer('TOPIC_REPLICATION', endpoint === null ? 3 : 1, 1, 9),
    api: {
      host: reader.text('API_HOST') ?? '127.0.0.1',
      port: reader.integer('API_PORT', 8080, 0, 65_535),
      portIsDefault: reader.text('API_PORT') === null,
      token: reader.text('API_TOKEN'),
    },
    cursorKey: reader.text('CURSOR_KEY'),
    feedSettleMs: reader.integer('FEED_SETTLE_MS', 5000, 0, 600_000),
    runLeaseMs: reader.integer('RUN_LEASE_MS', 30_000, 4_000, 600_000),
    logLevel: reader.oneOf('LOG_LEVEL', LEVELS, 'info') as LogLevel,
    configDir: reader.text('CONFIG_DIR'),
    environment: env,
  }
  if (reader.mistakes.length > 0) {
    throw new StreamError('configuration_invalid', `the environment is not usable:\n- ${reader.mistakes.join('\n- ')}`)
  }
  return config
}

/** The only place that reads process.env. */
export function configFromEnvironment(overrides: Environment = {}): Config {
  return readConfig({ ...process.env, ...overrides })
}

/** The process's environment, for starting what it does not name. */
export function processEnvironment(): Environment {
  return process.env
}
