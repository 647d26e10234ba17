import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { readPageFiles } from '../../../src/api/page-files.ts'
import { addKeys } from './keys.ts'
import { sampleInstallation } from './sample.ts'

/**
 * The page, built as it is shipped, over the sample installation, at an address of its own; for scripts, which have no build
 * of a test run. `guarded`: over the same installation where it asks for a key.
 */
export async function servedSample(now?: number) {
  const built = await mkdtemp(join(tmpdir(), 'waldstream-sample-'))
  const configFile = join(import.meta.dirname, '../../../web/vite.config.ts')
  await build({ configFile, logLevel: 'warn', build: { outDir: built, emptyOutDir: true } })
  const page = await readPageFiles(built)
  await rm(built, { recursive: true })
  const api = await sampleInstallation({ page }, now)
  const guarded = await sampleInstallation({ page }, now)
  const keys = await addKeys(guarded)
  const [base, guardedBase] = await Promise.all([listen(api), listen(guarded)])
  const close = async () => void (await Promise.all([api.app.close(), guarded.app.close()]))
  return { api, base, guarded: { base: guardedBase, keys }, close }
}

const listen = ({ app }: Awaited<ReturnType<typeof sampleInstallation>>) => app.listen({ host: '127.0.0.1', port: 0 })
