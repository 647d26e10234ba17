import { expect, it } from 'vitest'
import { deliverableKinds } from '../../../../src/configuration/deliverable-kinds.ts'
import { systemTypes } from '../../../../src/configuration/model.ts'
import { sinkKinds } from '../../../../src/processors/delivery/create-sink.ts'

it.each(systemTypes)('what validate takes to be deliverable to %s has a sink, and nothing else has', (type) => {
  expect(sinkKinds(type).toSorted()).toEqual([...deliverableKinds[type]].toSorted())
})
