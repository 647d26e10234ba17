import { describe, expect, it } from 'vitest'
import { roleRulesOf } from '../../../../src/configuration/role-rules.ts'
import { createClients } from '../../../../src/systems/clients.ts'
import { localNetwork } from '../../../data/loopback.ts'
import { governors, wallClock } from '../../../worlds/sources.ts'
import { silentLogger } from '../../../worlds/stage-context.ts'

const system = (id: string) => ({
  id,
  type: 'sqs',
  address: 'http://127.0.0.1:9',
  secrets: {},
  zone: 'UTC',
  limits: { concurrency: 1 },
  settings: { region: 'eu-central-1' },
  reads: [],
})

/** How the system `queue` is opened under a list of the operator. */
function open(listed: string | undefined) {
  const mayUseRole = roleRulesOf(listed === undefined ? {} : { AWS_ROLE_SYSTEMS: listed })
  const resolveSecret = () => ''
  const deps = { clock: wallClock, logger: silentLogger, governors, network: localNetwork, mayUseRole, resolveSecret }
  return createClients(deps).of(system('queue'))
}

describe('a queue without secrets', () => {
  it.each([undefined, '', 'other', 'queue-2,other', 'que*'])(
    'is refused where the operator lists %s',
    async (listed) => {
      await expect(open(listed)).rejects.toMatchObject({
        code: 'configuration_invalid',
        message: expect.stringContaining('have the operator add queue to AWS_ROLE_SYSTEMS'),
      })
    },
  )

  it.each(['queue', 'other, queue', '*'])(
    'uses the AWS credentials of the process where he lists %s',
    async (listed) => {
      await expect(open(listed)).resolves.toBeDefined()
    },
  )
})
