import { describe, expect, it } from 'vitest'
import { createSession } from '../../../../src/platform/kafka/session.ts'

describe('a session', () => {
  const start = () => {
    let time = 1000
    const session = createSession(new Map([['orders', [1]]]), 20_000, () => time)
    return { session, pass: (ms: number) => (time += ms) }
  }

  it('owns its own partitions only', () => {
    const { session } = start()
    expect(session.owns('orders', 1)).toBe(true)
    expect(session.owns('orders', 0)).toBe(false)
    expect(session.owns('products', 1)).toBe(false)
  })

  it('owns nothing after it was frozen for too long, until the broker confirms it', () => {
    const { session, pass } = start()
    pass(19_999)
    expect(session.owns('orders', 1)).toBe(true)
    pass(1)
    expect(session.owns('orders', 1)).toBe(false)
    session.confirm()
    expect(session.owns('orders', 1)).toBe(true)
  })

  it('owns nothing once it has ended', () => {
    const { session } = start()
    session.end()
    session.confirm()
    expect(session.owns('orders', 1)).toBe(false)
  })
})
