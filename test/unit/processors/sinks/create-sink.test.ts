import { expect, it } from 'vitest'
import { deliverableKinds } from '../../../../src/core/deliverable-kinds.ts'
import { systemTypes } from '../../../../src/core/model.ts'
import { sinkKinds } from '../../../../src/processors/sinks/create-sink.ts'

it.each(systemTypes)('what validate takes to be deliverable to %s has a sink, and nothing else has', (type) => {
  expect(sinkKinds(type).toSorted()).toEqual([...deliverableKinds[type]].toSorted())
})
