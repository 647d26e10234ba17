import { describe, expect, it } from 'vitest'
import { createLogger } from '../../../src/platform/logger.ts'

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
})
