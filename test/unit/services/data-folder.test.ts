import { access, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { assertRoom, prepareFolder } from '../../../services/data-folder.ts'

async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-folder-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

it('makes a folder, and leaves nothing in it', async () => {
  const folder = join(await tempFolder(), 'a', 'b')
  await prepareFolder(folder)
  await prepareFolder(folder)
  expect(await readdir(folder)).toEqual([])
})

it('says in one sentence that a file is in the way', async () => {
  const file = join(await tempFolder(), 'file')
  await writeFile(file, 'x')
  await expect(prepareFolder(join(file, 'data'))).rejects.toThrow(/^\S+ can't be made: a part of its path is a file/)
  await expect(prepareFolder(file)).rejects.toThrow(/^\S+ can't be made: there is a file of that name; remove it$/)
})

it('says in one sentence that a folder is read-only', async () => {
  // Nobody can make a folder there, not even root.
  const folder = '/sys/waldstream-data'
  await expect(prepareFolder(folder)).rejects.toThrow(/^\/sys\/waldstream-data can't be written: .+; .+$/)
  await expect(access(folder)).rejects.toThrow()
})

it('says in one sentence that the disk has too little space', async () => {
  const folder = await tempFolder()
  await assertRoom(folder, 1)
  const wanted = 2 ** 60
  await expect(assertRoom(folder, wanted)).rejects.toThrow(
    new RegExp(
      `^the disk of ${folder} has \\d+ MB left, and the servers need ${wanted / 2 ** 20}: free some space on it$`,
    ),
  )
})
