/** One broker of the list is on another machine: the servers of the tests are then what a start must not lose records on. */
import { expect, inject, it, onTestFinished } from 'vitest'
import { startProgram } from '../../worlds/processes.ts'
import { install } from '../../worlds/processes-roles.ts'

it('a role does not start where acknowledged records could be lost with one broker', async () => {
  const { env, platform, close } = await install('refused-start', inject('services'))
  onTestFinished(() => close())
  await platform.createTopics([])
  const KAFKA_BROKERS = `${env['KAFKA_BROKERS']},kafka.invalid:9092`
  const start = async (TOPIC_REPLICATION: string) => {
    const args = ['src/cli/main.ts', 'run', '--role', 'projector', '--workers', '1']
    const program = await startProgram({ name: 'run', args, env: { ...env, KAFKA_BROKERS, TOPIC_REPLICATION } })
    const { code } = await program.exited
    return { code, text: program.output() }
  }
  const [few, fewer] = await Promise.all([start('1'), start('3')])
  expect(few).toMatchObject({ code: 1, text: expect.stringContaining('set TOPIC_REPLICATION=3') })
  expect(fewer).toMatchObject({ code: 1, text: expect.stringMatching(/topics \S+ .* have fewer than 3 replicas/) })
  expect(fewer.text).toContain('ALLOWED_DATA_LOSS=true')
}, 240_000)
