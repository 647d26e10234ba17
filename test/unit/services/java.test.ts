import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findJava, findMaven, hasCompiler, javaMajor } from '../../../services/java.ts'

/** A folder with programs that print a text and end with a code. */
async function programs(scripts: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-java-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'bin'))
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`)
    await chmod(join(folder, 'bin', name), 0o755)
  }
  return folder
}

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_402"', 8],
  ['openjdk version "24" 2025-03-18', 24],
  ['command not found', undefined],
])('%s is Java %s', (printed, major) => {
  expect(javaMajor(printed)).toBe(major)
})

test('a missing Java, an old one and a wrong JAVA_HOME are told apart', async () => {
  const old = await programs({ java: 'echo \'openjdk version "11.0.2"\' >&2' })
  const empty = await programs({})
  expect(await findJava({ PATH: join(empty, 'bin') })).toEqual({ why: 'there is no java in PATH' })
  expect(await findJava({ PATH: join(old, 'bin') })).toEqual({ why: 'java is Java 11, and 17 or later is needed' })
  expect(await findJava({ JAVA_HOME: empty })).toEqual({
    why: `JAVA_HOME is ${empty}, but ${empty}/bin/java does not run`,
  })
})

test('a Java of JAVA_HOME goes before the one in PATH', async () => {
  const home = await programs({ java: 'echo \'openjdk version "21.0.1"\' >&2' })
  expect(await findJava({ JAVA_HOME: home, PATH: '' })).toEqual({ command: join(home, 'bin', 'java') })
})

test('a missing Maven and one that fails are told apart', async () => {
  const empty = await programs({})
  const broken = await programs({ mvn: 'exit 3' })
  expect(await findMaven({ PATH: join(empty, 'bin') })).toEqual({ why: 'there is no mvn in PATH' })
  expect((await findMaven({ PATH: join(broken, 'bin') })).why).toMatch(/^mvn --version fails/)
})

test('a Java without a compiler is known, so that nothing is run from its source', async () => {
  const jdk = await programs({ java: 'exit 0' })
  const runtime = await programs({ java: 'exit 1' })
  expect(await hasCompiler(`${jdk}/bin/java`, {})).toBe(true)
  expect(await hasCompiler(`${runtime}/bin/java`, {})).toBe(false)
})
