import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { patternOf } from '../../../../src/systems/files/name-pattern.ts'
import { fromArchive } from '../../../../src/systems/files/zip-archive.ts'
import { rowsOfFile } from '../../../worlds/file-rows.ts'
import { workbookFile, zipOf } from '../../../worlds/workbook-file.ts'

const CSV = 'sku,qty\n007,5\n'
const zipped = (pattern: string) => ({ zipped: patternOf(pattern) ?? null })

describe('a file in a ZIP archive', () => {
  it('is the only one, or that of the name in the settings', async () => {
    expect((await rowsOfFile(await zipOf({ 'stock.csv': CSV }), {}))[0]?.cell('sku')).toBe('007')
    const two = await zipOf({ 'a/readme.txt': 'hello', 'b/stock-1.csv': CSV })
    expect((await rowsOfFile(two, zipped('stock-*.csv')))[0]?.cell('sku')).toBe('007')
    await expect(rowsOfFile(two, {})).rejects.toThrow(
      /its ZIP archive has 2 files, not one; set settings.inventory.zipped to the name of one of "a\/readme.txt", "b\/st/,
    )
    await expect(rowsOfFile(two, zipped('prices*'))).rejects.toThrow(/has 0 files of this name, not one; set/)
  })

  it('may be a workbook, but a workbook is no archive of text', async () => {
    const workbook = await workbookFile([
      ['sku', 'qty'],
      ['A', 1],
    ])
    expect(await rowsOfFile(await zipOf({ 'stock.xlsx': workbook }), { format: 'xlsx' })).toHaveLength(1)
    await expect(rowsOfFile(workbook, {}, ['sku'], 4096)).rejects.toThrow(
      /it is an Excel workbook \(.xlsx\); set settings.inventory.format/,
    )
  })

  it('may not be an archive itself', async () => {
    const inner = await zipOf({ 'stock.csv': CSV })
    await expect(rowsOfFile(await zipOf({ 'stock.zip': inner }), {})).rejects.toThrow(/it is a ZIP file; set/)
  })

  it('whose bytes changed is refused', async () => {
    const zip = await zipOf({ 'stock.csv': CSV.repeat(50) })
    for (let at = 40; at < 55; at += 1) {
      const changed = Buffer.from(zip)
      changed[at] = (changed[at] ?? 0) ^ 0x04
      await expect(rowsOfFile(changed, {})).rejects.toMatchObject({ code: 'source_data_invalid' })
    }
  })

  it('is refused beyond its limit, also if the archive states a smaller size', async () => {
    const zip = await zipOf({ 'stock.csv': 'x'.repeat(100_000) })
    const folder = mkdtempSync(join(tmpdir(), 'waldstream-zip-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const path = join(folder, 'stock.zip')
    const words = { what: 'the file stock.zip', encodingSetting: '', otherKind: '' }
    const read = async (file: Buffer, most: number) => {
      writeFileSync(path, file)
      return Buffer.concat(
        await Array.fromAsync(fromArchive(path, words, (archive) => archive.read('stock.csv', most))),
      )
    }
    expect((await read(zip, 100_000)).length).toBe(100_000)
    await expect(read(zip, 99_999)).rejects.toThrow(/stock.csv in its archive has more than 99999 bytes, unpacked/)
    // The unpacked size in the table of contents, 24 bytes after its mark.
    const lying = Buffer.from(zip)
    lying.writeUInt32LE(10, zip.indexOf('PK\x01\x02', 0, 'latin1') + 24)
    await expect(read(lying, 99_999)).rejects.toMatchObject({ code: 'source_data_invalid' })
  })
})
