import { expect, it } from 'vitest'
import { paceOf, rateText } from '../../../web/src/pages/resync/progress.ts'

const began = Date.UTC(2026, 0, 31, 8)
const running = {
  state: 'running',
  cancel: false,
  started_at: new Date(began).toISOString(),
  selected: 1_000,
  sent: 200,
}

it('says how fast a replay is and how long it still takes', () => {
  expect(paceOf(running, began + 10_000)).toEqual({ rate: 20, leftS: 40 })
  expect([rateText(20), rateText(0.44)]).toEqual(['20', '0.4'])
})

it.each([
  ['has not begun', { ...running, state: 'due', started_at: null }],
  ['is still counting', { ...running, selected: null }],
  ['has sent nothing', { ...running, sent: 0 }],
  ['has sent everything of this pass', { ...running, sent: 1_000 }],
  ['is being stopped', { ...running, cancel: true }],
  ['is over', { ...running, state: 'ended' }],
])('says nothing of one that %s', (_, replay) => {
  expect(paceOf(replay, began + 10_000)).toBeNull()
})

it('says nothing of one that has just begun', () => {
  expect(paceOf(running, began + 1_000)).toBeNull()
})
