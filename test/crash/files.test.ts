import { randomInt } from 'node:crypto'
import { expect, inject, it } from 'vitest'
import { noSftpServer, startSftpServer } from '../worlds/sftp-server.ts'
import { runFileCrashes, shortFilePlan } from './file-crashes.ts'

it.skipIf(noSftpServer !== null)('processes killed while they read stock files and write order files', async () => {
  const seed = Number(process.env['CRASH_SEED'] ?? randomInt(1_000_000))
  console.log(`seed ${seed}: again with CRASH_SEED=${seed}`)
  const server = await startSftpServer()
  const result = await runFileCrashes(inject('services'), server, shortFilePlan(seed), console.log)
  expect(result).toMatchObject({ kills: 2, problems: [] })
})
