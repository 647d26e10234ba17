import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { StreamError } from '../errors.ts'

/** The command line is used wrongly: exit code 2, with the usage. */
export class UsageError extends StreamError {
  constructor(message: string, usage: string) {
    super('request_invalid', `${message}\n\n${usage}`)
    this.name = 'UsageError'
  }
}

/** Options and positional arguments of a command; a UsageError for what it does not know. */
export function readArguments<const O extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: O,
  usage: string,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), usage)
  }
}
