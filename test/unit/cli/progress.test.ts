import { expect, it, vi } from 'vitest'
import { withProgress } from '../../../src/cli/progress.ts'

it('says how far work is until it has ended', async () => {
  const lines: string[] = []
  const shown = { write: (line: string) => void lines.push(line), firstMs: 1, everyMs: 1 }
  const result = await withProgress(
    'retrying',
    false,
    async (report) => {
      await vi.waitFor(() => expect(lines.length).toBeGreaterThan(0))
      report('3 of 7')
      await vi.waitFor(() => expect(lines.at(-1)).toContain('3 of 7'))
      return 'done'
    },
    shown,
  )
  expect(result).toBe('done')
  expect(lines[0]).toMatch(/^retrying \(\d+ s\)$/)
  expect(lines.at(-1)).toMatch(/^retrying: 3 of 7 \(\d+ s\)$/)
})

it('passes a failure on', async () => {
  await expect(withProgress('x', true, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
})
