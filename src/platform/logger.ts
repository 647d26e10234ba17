import { destination, type Logger, pino } from 'pino'
import type { LogFormat, LogLevel } from '../config.ts'
import { errorForLog } from './error-for-log.ts'
import { plainLogLine } from './plain-log-lines.ts'
import { spanFields } from './tracing/tracer.ts'

/** Names whose values are always secrets; pino has no wildcard for any depth, so three levels are listed. */
const SECRET_NAMES = [
  'authorization',
  'Authorization',
  'cookie',
  'set-cookie',
  'password',
  'secret',
  'secrets',
  'token',
  'tokenSecret',
  'accessToken',
  'accessTokenSecret',
  'consumerSecret',
  'apiToken',
  'sasl',
]

const redacted = SECRET_NAMES.flatMap((name) => ['', '*.', '*.*.'].map((path) => `${path}["${name}"]`)).map((path) =>
  path.replace('.[', '['),
)

/**
 * Logs lines to stderr, so that stdout is free for commands. Redacts secrets by name; logs errors by `errorForLog`.
 */
export function createLogger(settings: {
  readonly level: LogLevel
  /** The program or role that logs. */
  readonly name: string
  /** True: lines have the `trace_id` and `span_id` of the current span. */
  readonly traced?: boolean
  /** Null and absent: text on a terminal, else JSON. */
  readonly format?: LogFormat | null
  /** For tests. */
  readonly to?: { write(line: string): void }
}): Logger {
  const { level, name, traced = false, to = destination({ fd: 2, sync: true }) } = settings
  const format = settings.format ?? (settings.to === undefined && process.stderr.isTTY ? 'text' : 'json')
  const options = {
    level,
    name,
    redact: { paths: redacted, censor: '[secret]' },
    serializers: { err: errorForLog },
    ...(traced ? { mixin: spanFields } : {}),
  }
  return pino(options, format === 'json' ? to : { write: (line) => void to.write(plainLogLine(line)) })
}
