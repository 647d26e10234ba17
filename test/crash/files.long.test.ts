import { randomInt } from 'node:crypto'
import { expect, inject, it } from 'vitest'
import { noSftpServer, startSftpServer } from '../worlds/sftp-server.ts'
import { longFilePlan, runFileCrashes } from './file-crashes.ts'

const ROUNDS = 4

it.skipIf(noSftpServer !== null)('each order file is there once, and stock is right, after many kills', async () => {
  const seed = Number(process.env['CRASH_SEED'] ?? randomInt(1_000_000))
  console.log(`seed ${seed}: again with CRASH_SEED=${seed}`)
  const server = await startSftpServer()
  const result = await runFileCrashes(inject('services'), server, longFilePlan(seed, ROUNDS), console.log)
  expect(result).toMatchObject({ kills: 2 * ROUNDS, problems: [] })
})
