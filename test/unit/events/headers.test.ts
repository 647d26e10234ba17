import { expect, it } from 'vitest'
import {
  RETRY_ATTEMPT,
  RETRY_OF,
  type RetryMark,
  readRetryMark,
  retryHeaders,
  withoutRetryHeaders,
} from '../../../src/events/headers.ts'

const mark: RetryMark = {
  letterId: 'd-1',
  attempt: 3,
  stage: 'route-orders',
  connection: null,
  key: 'a|b',
  origin: { topic: 'p.orders', partition: 4, offset: 9_007_199_254_740_991, timestamp: 5 },
  revision: 7,
}
const headersOf = (of: RetryMark) =>
  Object.entries(retryHeaders(of)).map(([key, value]) => ({ key, value: Buffer.from(value) }))

it('reads the mark that it wrote', () => {
  for (const of of [mark, { ...mark, connection: 'c1' }, { ...mark, key: '' }])
    expect(readRetryMark(headersOf(of))).toEqual(of)
})

it('finds no mark where there is none, or part of one', () => {
  expect(readRetryMark([])).toBeNull()
  const parts = headersOf(mark).filter(({ key }) => key !== 'waldstream-retry-revision')
  expect(parts.length).toBe(headersOf(mark).length - 1)
  for (const { key } of parts) {
    expect(readRetryMark(headersOf(mark).filter((header) => header.key !== key))).toBeNull()
    const broken = headersOf(mark).map((header) => (header.key === key ? { key, value: null } : header))
    expect(readRetryMark(broken)).toBeNull()
  }
  const noNumber = headersOf(mark).map((header) =>
    header.key === RETRY_ATTEMPT ? { ...header, value: Buffer.from('x') } : header,
  )
  expect(readRetryMark(noNumber)).toBeNull()
})

it('takes a mark of an earlier release, which names no revision of the configuration', () => {
  const older = headersOf(mark).filter(({ key }) => key !== 'waldstream-retry-revision')
  expect(readRetryMark(older)).toEqual({ ...mark, revision: 0 })
})

it('leaves the headers that are not of a retry, in their order', () => {
  const own = [
    { key: 'a', value: Buffer.from('1') },
    { key: 'b', value: null },
  ]
  expect(withoutRetryHeaders([...own.slice(0, 1), ...headersOf(mark), ...own.slice(1)])).toEqual(own)
  expect(headersOf(mark).map(({ key }) => key)).toContain(RETRY_OF)
})
