import { StreamError } from '../errors.ts'

/** The command line is used wrongly: exit code 2, with the usage. */
export class UsageError extends StreamError {
  constructor(message: string, usage: string) {
    super('request_invalid', `${message}\n\n${usage}`)
    this.name = 'UsageError'
  }
}
