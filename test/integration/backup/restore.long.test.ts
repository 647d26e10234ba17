// The tables of an installation are lost while its topics are there: docs/how-to/backup.md by its own commands.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DeleteTableCommand, DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb'
import { Parse } from 'typebox/value'
import { expect, inject, it, onTestFinished } from 'vitest'
import { manifestSchema } from '../../../src/operations/backup/backup.ts'
import { Fleet } from '../../crash/fleet.ts'
import { areDelivered } from '../../crash/ledger.ts'
import { untilInFlow } from '../../crash/moments.ts'
import { assertNothingWrong, conclude } from '../../crash/run-crashes.ts'
import { openWorld, type World } from '../../crash/world.ts'
import { runCommand } from '../../worlds/command.ts'
import { RUNNING } from '../../worlds/processes-roles.ts'

const SEED = 20_261_129
const AMOUNT = { orders: 15, stocks: 60 }
/** For what a dead worker may have sent last, a delivery looks at its target again after four minutes. */
const STILL_MS = 330_000
const ROLES = ['producer', 'processor', 'projector', 'api'] as const

async function deleteTables(env: Readonly<Record<string, string>>): Promise<number> {
  const credentials = {
    accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
  }
  const region = env['AWS_REGION'] ?? 'local'
  const client = new DynamoDBClient({ endpoint: env['DYNAMODB_ENDPOINT'] ?? '', region, credentials })
  let deleted = 0
  try {
    for await (const { TableNames = [] } of paginateListTables({ client }, {})) {
      for (const name of TableNames.filter((table) => table.startsWith(env['TABLE_PREFIX'] ?? '?'))) {
        await client.send(new DeleteTableCommand({ TableName: name }))
        deleted += 1
      }
    }
  } finally {
    client.destroy()
  }
  return deleted
}

/** New processes of every role over the same topics and tables. */
async function startAgain(world: World, folder: string): Promise<World> {
  const fleet = new Fleet({ ...world.installation.env, LOG_LEVEL: 'info' }, folder)
  onTestFinished(() => void fleet.end())
  const started = await Promise.all(ROLES.map((role) => fleet.start(role)))
  const lines = await Promise.all(started.map((member) => member.line(RUNNING)))
  const { api, metrics } = JSON.parse(lines.at(-1) ?? '{}') as { readonly api: string; readonly metrics: string }
  return { ...world, fleet, api, metrics }
}

it('lost tables come back from a backup: no order is lost or doubled, and feeds come from their topics', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-backup-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const backup = join(folder, 'backup')
  const world = await openWorld(inject('services'), SEED)
  onTestFinished(() => world.close())
  const { env } = world.installation
  const command = (...args: readonly string[]) => runCommand(args, env)
  const changes = async () => (await command('changes', '--json')).printed

  await world.load.make('before the backup', AMOUNT)
  const delivered = () => areDelivered(world.simulators, world.load.recent)
  await untilInFlow(world, 'the orders before the backup arrive', delivered, STILL_MS)
  const changed = await changes()
  expect(changed).toContain('magento-netsuite')

  // Copied under load.
  const loading = world.load.make('during the backup', AMOUNT)
  const copied = await command('backup', backup, '--json')
  expect(copied.code, copied.output).toBe(0)
  await loading
  const manifest = Parse(manifestSchema, JSON.parse(await readFile(join(backup, 'manifest.json'), 'utf8')))
  expect(manifest.tables.map(({ table }) => table).slice(0, 2)).toEqual(['checkpoints', 'sync_control'])
  expect(manifest.tables.find(({ table }) => table === 'person_keys')?.items).toBeGreaterThan(0)

  // What the backup lacks.
  await world.load.make('after the backup', AMOUNT)
  await untilInFlow(world, 'the orders after the backup arrive', delivered, STILL_MS)
  const running = await command('restore', backup, '--overwrite', '--yes')
  expect(running.code, running.output).toBe(1)
  expect(running.output).toContain('state_conflict: stop every process first')
  await world.fleet.end()
  await world.load.make('while nothing runs', AMOUNT)
  expect(await deleteTables(env)).toBeGreaterThan(manifest.tables.length)

  const unconfirmed = await command('restore', backup)
  expect(unconfirmed.code).toBe(1)
  expect(unconfirmed.output).toContain('confirmation_needed')
  const restored = await command('restore', backup, '--yes')
  expect(restored.code, restored.output).toBe(0)
  expect(await changes()).toBe(changed)
  const twice = await command('restore', backup, '--yes')
  expect(twice.output).toContain('a backup can be restored only into empty tables')

  const again = await startAgain(world, folder)
  await again.load.make('after the restore', AMOUNT)
  assertNothingWrong(await conclude(again, console.log))
  const unreadable = await command('rows', 'list', '--json')
  expect(JSON.parse(unreadable.printed)).toEqual({ items: [] })
})
