import { describe, expect, it } from 'vitest'
import { StreamError, toStreamError } from '../../../src/errors.ts'
import { createLogger } from '../../../src/platform/logger.ts'

const thrownBy = (call: () => unknown): unknown => {
  try {
    return call()
  } catch (error) {
    return error
  }
}

describe('the log', () => {
  it('cuts secrets out by their names', () => {
    const lines: string[] = []
    const to = { write: (line: string) => void lines.push(line) }
    const logger = createLogger({ level: 'info', name: 'test', to })
    const secrets = { authorization: 'hidden', password: 'hidden', 'set-cookie': 'hidden' }
    logger.info({ ...secrets, headers: secrets, request: { headers: secrets }, kept: 'shown' }, 'said')
    logger.debug('not said')
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toContain('hidden')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ kept: 'shown', msg: 'said', name: 'test' })
  })

  it('tells of an error its message and where, not what it quotes or carries', () => {
    const lines: string[] = []
    const logger = createLogger({ level: 'trace', name: 'test', to: { write: (line) => void lines.push(line) } })
    const broken = thrownBy(() => JSON.parse('{"name": Ada Lovelace}'))
    const request = Object.assign(new Error('Request failed'), { config: { data: 'Ada Lovelace' }, code: 'ECONNRESET' })
    logger.error({ err: new StreamError('value_undecodable', 'no event', { cause: broken, field: 'data' }) }, 'failed')
    logger.error({ err: request }, 'failed')
    logger.error({ err: toStreamError(broken) }, 'failed')
    expect(lines.join('')).not.toContain('Ada')
    const [first, second] = lines.map((line) => JSON.parse(line).err)
    expect(first).toMatchObject({ code: 'value_undecodable', field: 'data', cause: { type: 'SyntaxError' } })
    expect(first.stack[0]).toContain('logger.test.ts')
    expect(second).toMatchObject({ message: 'Request failed', code: 'ECONNRESET' })
  })
})
