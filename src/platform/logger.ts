import { destination, type Logger, pino } from 'pino'
import type { LogLevel } from '../config.ts'
import { errorForLog } from './error-for-log.ts'
import { spanFields } from './tracing/tracer.ts'

/** Names whose values are secrets wherever they stand; pino knows no wildcard for any depth, so three are listed. */
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

/** JSON lines on stderr, so that stdout is the commands' own. Secrets are cut out by their names, errors logged by `errorForLog`. */
export function createLogger(settings: {
  readonly level: LogLevel
  /** Which program or role writes. */
  readonly name: string
  /** Lines have the `trace_id` and `span_id` of the work they are about. */
  readonly traced?: boolean
  /** For tests. */
  readonly to?: { write(line: string): void }
}): Logger {
  const { level, name, traced = false } = settings
  const options = {
    level,
    name,
    redact: { paths: redacted, censor: '[secret]' },
    serializers: { err: errorForLog },
    ...(traced ? { mixin: spanFields } : {}),
  }
  return pino(options, settings.to ?? destination({ fd: 2, sync: true }))
}
