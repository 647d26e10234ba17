import { execFile } from 'node:child_process'
import { mkdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../../worlds/processes.ts'

const run = promisify(execFile)
const MOST_BYTES = 512 * 1024 * 1024

/**
 * The release before this one. Version 0.1.0 has no tag: this is the last commit before what the changelog of 0.2.0 begins
 * with, the control tower, metrics and the package.
 */
export const PREVIOUS_RELEASE = { version: '0.1.0', commit: '80a85324dc2605ae708249bf5d74ba9f2a526c3d' } as const

/** Whether this clone has its history; a shallow one has not. */
export async function hasPreviousRelease(): Promise<boolean> {
  return await run('git', ['cat-file', '-e', `${PREVIOUS_RELEASE.commit}^{commit}`], { cwd: ROOT }).then(
    () => true,
    () => false,
  )
}

/** The previous release in a folder, with packages of the versions that it names. */
export async function checkOutPreviousRelease(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const archive = ['-c', 'git archive --format=tar "$1" | tar -x -C "$2"', 'sh', PREVIOUS_RELEASE.commit, folder]
  await run('sh', archive, { cwd: ROOT, maxBuffer: MOST_BYTES })
  if (await areInstalledHere(folder)) await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  else
    await run('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], {
      cwd: folder,
    })
}

/** True when this checkout has exactly the packages that the folder's program imports. */
async function areInstalledHere(folder: string): Promise<boolean> {
  const wanted = (await readJson(join(folder, 'package.json'))).dependencies ?? {}
  const same = Object.entries(wanted).map(async ([name, version]) => {
    const found = await readJson(join(ROOT, 'node_modules', name, 'package.json')).catch(() => undefined)
    return found?.version === version
  })
  return (await Promise.all(same)).every(Boolean)
}

interface PackageFile {
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
}

async function readJson(file: string): Promise<PackageFile> {
  return JSON.parse(await readFile(file, 'utf8')) as PackageFile
}
