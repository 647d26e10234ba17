import { expect, inject, it, onTestFinished } from 'vitest'
import { startRoles } from '../../../src/cli/roles.ts'
import { StreamError } from '../../../src/errors.ts'
import { membersOf } from '../../worlds/processes-groups.ts'
import { install } from '../../worlds/processes-roles.ts'

it('a role of which one stage can not start ends the stages that did', async () => {
  const { platform, env, close } = await install('failed-start', inject('services'))
  onTestFinished(() => close())
  const prefix = platform.config.topicPrefix
  const joined: string[] = []
  const log: typeof platform.log = {
    ...platform.log,
    async consume(options) {
      if (options.group === `${prefix}project-images`) throw new StreamError('broker_unavailable', 'not to be joined')
      const consumption = await platform.log.consume(options)
      joined.push(options.group)
      return consumption
    },
  }
  const starting = startRoles({ ...platform, log }, ['projector'], { schedules: false })
  await expect(starting).rejects.toMatchObject({ message: 'not to be joined' })
  expect(joined).toContain(`${prefix}project-inventory`)
  const left = joined.map((group) => membersOf(env['KAFKA_BROKERS'] ?? '', group, `${prefix}universal-inventory`))
  expect((await Promise.all(left)).map(({ size }) => size)).toEqual(joined.map(() => 0))
})
