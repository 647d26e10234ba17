import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, inject, it } from 'vitest'

describe('kafkajs', () => {
  it('writes nothing to the terminal', async () => {
    const program = fileURLToPath(new URL('quiet-program.ts', import.meta.url))
    const args = [program, inject('services')['KAFKA_BROKERS'] ?? '', `quiet-${randomUUID()}`]
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args)
    expect(stdout).toBe('done\n')
    expect(stderr).toBe('')
  })
})
