import { StreamError } from '../errors.ts'

/** Wrong usage of the command line: exit code 2, and a hint to the command's help. */
export class UsageError extends StreamError {
  constructor(message: string) {
    super('request_invalid', message)
    this.name = 'UsageError'
  }
}
