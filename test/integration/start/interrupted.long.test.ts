// Ctrl-C while the disk was full, or the broker was gone, waited for ever.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findJava } from '../../../services/java.ts'
import { isAlive, type ProcessMark } from '../../../services/lock.ts'
import { ownDemoData } from '../../worlds/demo-data.ts'
import { startProgram } from '../../worlds/processes.ts'
import { smallCatalogFile } from '../../worlds/sources.ts'

const java = await findJava(process.env)
const dataset = ['--catalog', smallCatalogFile, '--orders', '10', '--seed', '918273650']
const { dataDir } = ownDemoData(dataset)

test.skipIf(java.why !== undefined)(
  'Ctrl-C ends everything within half a minute, also when no server answers',
  async () => {
    const env = { SERVICES: 'jars', KAFKA_BROKERS: '', SCHEMA_REGISTRY_URL: '', DYNAMODB_ENDPOINT: '', API_PORT: '0' }
    const program = await startProgram({ name: 'start', args: ['scripts/bootstrap.mjs', 'start', ...dataset], env })
    onTestFinished(() => program.signal('SIGKILL'))
    await program.line(/everything runs/)
    const { processes } = JSON.parse(await readFile(join(dataDir, 'services', 'services.lock'), 'utf8')) as {
      readonly processes: readonly ProcessMark[]
    }
    const commands = await Promise.all(
      processes.map(
        async (mark) => [mark, await readFile(`/proc/${mark.pid}/cmdline`, 'utf8').catch(() => '')] as const,
      ),
    )
    const servers = commands.filter(([, command]) => command.includes('-Xmx')).map(([mark]) => mark)
    expect(servers).toHaveLength(3)
    // They hang, as they do when nothing can be written any more.
    for (const { pid } of servers) process.kill(pid, 'SIGSTOP')
    const began = performance.now()
    program.signal('SIGINT')
    const { code } = await program.exited
    await expect.poll(() => servers.filter(isAlive), { timeout: 60_000 }).toEqual([])
    console.log(`interrupted: everything had ended after ${Math.round((performance.now() - began) / 1000)} s`)
    expect(code, program.output()).toBe(130)
    expect(program.output()).not.toMatch(/^\s+at /m)
  },
)
