import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonicalJson } from '../../../src/events/canonical-json.ts'
import { entities } from '../../../src/events/topics.ts'
import { fromPlainData } from '../../../src/platform/registry/from-plain-data.ts'
import { toPlainEvent } from '../../../src/platform/registry/plain-event.ts'
import { eventOf } from './event-arbitrary.ts'

it.each(entities)('what an event of %s looks like as JSON is read back as the same data', (kind) => {
  fc.assert(
    fc.property(eventOf(kind), (event) => {
      const { data } = JSON.parse(JSON.stringify(toPlainEvent(kind, event))) as { data: unknown }
      expect(canonicalJson(fromPlainData(kind, data))).toBe(canonicalJson(event.data))
    }),
  )
})
