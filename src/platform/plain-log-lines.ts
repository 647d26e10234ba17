import { escapedControls } from './escaped-controls.ts'

/** pino's numbers of levels, in words. */
const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}

/** The same in all lines of a process. */
const SAME_IN_ALL: readonly string[] = ['level', 'time', 'pid', 'hostname', 'name', 'msg', 'err']

/**
 * A JSON log line as text for people: time (UTC), level, message, then the fields: `11:42:03.120Z warn  dead letter
 * code=totals_differ topic=orders`. It takes pino's finished line, so that secrets are cut out already. Control characters
 * are escaped: a value cannot move the cursor of a terminal.
 */
export function plainLogLine(json: string): string {
  const line: Readonly<Record<string, unknown>> = JSON.parse(json)
  const { level, time, msg, err } = line
  const fields = Object.entries(line).filter(([name]) => !SAME_IN_ALL.includes(name))
  const clock = new Date(Number(time)).toISOString().slice(11)
  const parts = [
    clock,
    (LEVELS[Number(level)] ?? String(level)).padEnd(5),
    ...(typeof msg === 'string' ? [escapedControls(msg)] : []),
    ...fields.map(([name, value]) => `${escapedControls(name)}=${textOf(value)}`),
  ]
  return `${[parts.join(' '), ...errorLines(err)].join('\n')}\n`
}

/** Lines of an error as `errorForLog` makes it; the stack only of one without a code of ours, whose message alone says little. */
function errorLines(err: unknown, name = 'error'): readonly string[] {
  if (typeof err !== 'object' || err === null) return []
  const { type, code, message, stack, cause } = err as Readonly<Record<string, unknown>>
  const known = type === 'StreamError' && code !== 'unexpected'
  const frames = !known && Array.isArray(stack) ? stack.map((frame) => `    ${escapedControls(String(frame))}`) : []
  const what = escapedControls(`${known ? code : type}: ${message}`)
  return [`  ${name}: ${what}`, ...frames, ...errorLines(cause, 'because')]
}

/** Text of one word as it is; everything else as JSON, which also escapes control characters. */
function textOf(value: unknown): string {
  return escapedControls(typeof value === 'string' && /^[^\s"\p{Cc}]+$/u.test(value) ? value : JSON.stringify(value))
}
