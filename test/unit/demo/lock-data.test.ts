// "services_missing" was printed where a demo already ran or the folder was read-only; it means that there is no Kafka.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { lockData } from '../../../demo/around.ts'
import { Ending } from '../../../demo/ending.ts'
import { markProcess } from '../../../services/lock.ts'

async function folderWith(lock: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-lock-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'data.lock'), lock)
  return folder
}

it('says that another process has the data, or that its lock is damaged', async () => {
  const held = await folderWith(JSON.stringify({ owner: markProcess(process.ppid), processes: [] }))
  await expect(lockData({ dataDir: join(held, 'data') }, new Ending())).rejects.toMatchObject({
    code: 'state_conflict',
    message: expect.stringContaining(`process ${process.ppid} already runs on this data`),
  })
  const damaged = await folderWith('{')
  await expect(lockData({ dataDir: join(damaged, 'data') }, new Ending())).rejects.toMatchObject({
    code: 'state_conflict',
    message: expect.stringContaining('is damaged'),
  })
})

it('says that the folder cannot be used, and the fix', async () => {
  const folder = await folderWith('')
  await expect(lockData({ dataDir: join(folder, 'data.lock', 'data') }, new Ending())).rejects.toMatchObject({
    code: 'configuration_invalid',
    message: expect.stringContaining('there is a file of that name; remove it'),
  })
})
