import { StreamError } from '../errors.ts'

/** The command line is used wrongly: exit code 2, and a hint at the help of the command. */
export class UsageError extends StreamError {
  constructor(message: string) {
    super('request_invalid', message)
    this.name = 'UsageError'
  }
}
