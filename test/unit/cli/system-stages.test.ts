// A secret that was missing for one system made the whole process unready, the feeds of all shops with it.
import { expect, it } from 'vitest'
import type { Platform } from '../../../src/cli/platform.ts'
import { createSystemStages } from '../../../src/cli/system-stages.ts'
import type { System } from '../../../src/configuration/model.ts'
import { StreamError } from '../../../src/errors.ts'

it('tells of a stage that can not be made as held back: the process is well', async () => {
  const erp = { id: 'erp', type: 'netsuite', reads: [] } as unknown as System
  const make = async () => {
    throw new StreamError('configuration_invalid', 'ERP_TOKEN is not set')
  }
  const parts = createSystemStages('sinks', { config: { topicPrefix: '' } } as Platform, (of) => [
    { name: `vendor-orders ${of.id}`, system: of, make },
  ])
  const followed = parts.follow({ revision: 1, systems: [erp], connections: [], metadata: [] })
  await expect(followed).rejects.toThrow('ERP_TOKEN')
  expect(parts.problems?.()).toEqual([])
  expect(parts.heldBack?.()).toEqual(['vendor-orders erp: ERP_TOKEN is not set'])
})
