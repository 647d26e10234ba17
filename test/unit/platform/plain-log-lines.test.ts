// `npm start` showed newcomers raw JSON log lines on their terminal.
import { describe, expect, it } from 'vitest'
import { StreamError } from '../../../src/errors.ts'
import { createLogger } from '../../../src/platform/logger.ts'

function linesOf(work: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = []
  const to = { write: (line: string) => void lines.push(line) }
  work(createLogger({ level: 'info', name: 'waldstream', format: 'text', to }))
  return lines.join('').replaceAll(/\d\d:\d\d:\d\d\.\d{3}Z/g, '00:00:00.000Z')
}

describe('log lines for people', () => {
  it('say time, level, message and fields, without those that are the same in every line', () => {
    const place = { stage: 'route-orders', topic: 'orders', partition: 2, code: 'totals_differ', roles: ['api'] }
    expect(linesOf((logger) => logger.warn(place, 'dead letter'))).toBe(
      '00:00:00.000Z warn  dead letter stage=route-orders topic=orders partition=2 code=totals_differ roles=["api"]\n',
    )
  })

  it('say of an error its code, its message and its causes, and where an unknown one is from', () => {
    const cause = new TypeError('x is not a function')
    const err = new StreamError('broker_unavailable', 'no connection', { cause })
    const lines = linesOf((logger) => logger.error({ err }, 'failed')).split('\n')
    expect(lines.slice(0, 3)).toEqual([
      '00:00:00.000Z error failed',
      '  error: broker_unavailable: no connection',
      '  because: TypeError: x is not a function',
    ])
    expect(lines[3]).toContain('plain-log-lines.test.ts')
  })

  it('contain no secrets, and nothing that controls a terminal', () => {
    const text = linesOf((logger) => {
      logger.info({ password: 'hidden', said: 'a\u001b[2Jb c', more: 'x\u009by', way: 'a\u202eb' }, 'a\nb\u001b[0m')
    })
    expect(text).not.toContain('hidden')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there.
    expect(text.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
    expect(text).toContain('a\\nb\\u001b[0m')
    expect(text).toContain('way=a\\u202eb')
  })

  it('are JSON where nothing else is asked for and no terminal shows them', () => {
    const lines: string[] = []
    const to = { write: (line: string) => void lines.push(line) }
    createLogger({ level: 'info', name: 'waldstream', to }).info('said')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'said' })
  })
})
