/*
 * Kafka ended on a full disk and nobody said so; a damaged file of DynamoDB was silence for a minute and a half; DynamoDB
 * Local listened on all addresses of the machine.
 */
import { execFileSync } from 'node:child_process'
import { mkdir, readFile, rm, statfs, writeFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findJava } from '../../../services/java.ts'
import { startServices } from '../../../services/start.ts'
import { createTable, recordCount, tableNames, writeLargeRecord } from './service-probe.ts'
import { tempFolder } from './temp-folder.ts'

const java = await findJava(process.env)
const env = {
  ...process.env,
  KAFKA_BROKERS: undefined,
  SCHEMA_REGISTRY_URL: undefined,
  DYNAMODB_ENDPOINT: undefined,
  SERVICES: 'jars',
}

/** Services in a folder, with what they say. */
async function start(dataDir: string, ...needs: readonly ('kafka' | 'dynamodb' | 'registry')[]) {
  const said: string[] = []
  const services = await startServices({ dataDir, env, needs, log: (line) => said.push(line) })
  onTestFinished(() => services.stop())
  return { services, said }
}

async function pidOf(dataDir: string, program: string): Promise<number> {
  const { processes } = JSON.parse(await readFile(join(dataDir, 'services.lock'), 'utf8')) as {
    readonly processes: readonly { readonly pid: number }[]
  }
  const commands = await Promise.all(
    processes.map(async ({ pid }) => [pid, await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')] as const),
  )
  const found = commands.find(([, command]) => command.includes(program))
  if (found === undefined) throw new Error(`${program} runs`)
  return found[0]
}

/** Local addresses in hexadecimal that a port is listened on at, as Linux tells them. */
async function listeners(port: number): Promise<readonly string[]> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8')))
  return tables.flatMap((table) =>
    table.split('\n').flatMap((line) => {
      const [, local = '', , state] = line.trim().split(/\s+/)
      const [address = '', at] = local.split(':')
      return at === hex && state === '0A' ? [address] : []
    }),
  )
}

const isLoopback = (address: string): boolean =>
  address === '0100007F' || address === '0000000000000000FFFF00000100007F' || address.endsWith('00000000000001000000')

test.skipIf(java.why !== undefined)('every service listens on this machine alone', async () => {
  const { services } = await start(await tempFolder(), 'kafka', 'dynamodb', 'registry')
  const ports = Object.values(services.env).flatMap((value) => /:(\d+)(?:\/|$)/.exec(value)?.[1] ?? [])
  expect(ports).toHaveLength(3)
  for (const port of ports) {
    const addresses = await listeners(Number(port))
    expect(addresses.length).toBeGreaterThan(0)
    expect(addresses.filter((address) => !isLoopback(address))).toEqual([])
  }
  const [other] = Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).filter(({ internal, family }) => !internal && family === 'IPv4'),
  )
  if (other === undefined) return
  const [port] = /\d+$/.exec(services.env['DYNAMODB_ENDPOINT'] ?? '') ?? []
  await expect(fetch(`http://${other.address}:${port}/`)).rejects.toThrow()
})

test.skipIf(java.why !== undefined)('a broker that dies is reported in a sentence, and runs again', async () => {
  const dataDir = await tempFolder()
  const { services, said } = await start(dataDir, 'kafka', 'dynamodb')
  await writeLargeRecord(services.env, 'kept')
  await createTable(services.env, 'kept')
  for (const program of ['kafka.Kafka', 'LoopbackDynamoDb']) process.kill(await pidOf(dataDir, program), 'SIGKILL')
  const ofBoth = (text: string) => said.filter((line) => line.includes(text)).toSorted()
  await expect.poll(() => ofBoth('has ended'), { timeout: 10_000 }).toHaveLength(2)
  expect(ofBoth('has ended')[1]).toMatch(
    /^kafka has ended: it ended with SIGKILL \(its log is .*kafka\.log\); restarting it as soon as possible$/,
  )
  await expect
    .poll(() => ofBoth('is running again'), { timeout: 120_000 })
    .toEqual(['dynamodb is running again', 'kafka is running again'])
  expect(await recordCount(services.env, 'kept')).toBe(1)
  expect(await tableNames(services.env)).toEqual(['kept'])
})

test.skipIf(java.why !== undefined)(
  'a damaged file of DynamoDB is reported in a sentence, with what to do',
  async () => {
    const dataDir = await tempFolder()
    const folder = join(dataDir, 'dynamodb')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'shared-local-instance.db'), 'no database at all '.repeat(1_000))
    const failed = start(dataDir, 'dynamodb')
    await expect(failed).rejects.toThrow(
      new RegExp(
        `^dynamodb did not start: its data in ${folder} can't be read: move that folder away, or start over [^\\n]*$`,
      ),
    )
    await rm(folder, { recursive: true })
    expect(await tableNames((await start(dataDir, 'dynamodb')).services.env)).toEqual([])
  },
)

test('a damaged lock is reported in a sentence, with what to do', async () => {
  for (const content of ['', '{', 'null', '[]', '{}', '{"owner":{"pid":"1"},"processes":[]}']) {
    const dataDir = await tempFolder()
    await writeFile(join(dataDir, 'services.lock'), content)
    const file = join(dataDir, 'services.lock')
    await expect(start(dataDir, 'kafka')).rejects.toThrow(
      `${file} is damaged: make sure that no other npm start or npm run services uses this data, then remove the file`,
    )
  }
})

/** A disk of its own; undefined: this user may not make one. */
function smallDisk(folder: string, megabytes: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' })
    onTestFinished(() => void execFileSync('umount', ['--lazy', folder], { stdio: 'ignore' }))
    return true
  } catch {
    return false
  }
}

test.skipIf(java.why !== undefined)(
  'a full disk is reported, and what ended runs again when there is space',
  async (context) => {
    const dataDir = await tempFolder()
    if (!smallDisk(dataDir, 512)) return context.skip('a disk of its own can be made by root alone')
    const { services, said } = await start(dataDir, 'kafka', 'dynamodb')
    await writeLargeRecord(services.env, 'before')
    const { bavail, bsize } = await statfs(dataDir)
    const ballast = join(dataDir, 'ballast')
    await writeFile(ballast, Buffer.alloc(bavail * bsize - 1024 * 1024))
    await expect.poll(() => said.join('\n'), { timeout: 10_000 }).toMatch(/the disk of .* is full: free some space/)
    await writeLargeRecord(services.env, 'during').catch(() => undefined)
    await expect.poll(() => said.join('\n'), { timeout: 60_000 }).toMatch(/kafka has ended: the disk of .* is full/)
    await rm(ballast)
    await expect
      .poll(() => said.join('\n'), { timeout: 120_000 })
      .toMatch(/has space again(.|\n)*kafka is running again/)
    expect(await recordCount(services.env, 'before')).toBe(1)
  },
)
