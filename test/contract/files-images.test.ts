// Image files: rows become galleries, and a gallery never loses an image because a row can't be read.

import { describe, expect, it } from 'vitest'
import { type FilesWorldOptions, filesWorld } from '../worlds/files-world.ts'

const MORNING = 1_780_000_000
const AT = 'https://cdn.oak.example'
const worldOf = (settings: Readonly<Record<string, unknown>> = {}, options: FilesWorldOptions = {}) =>
  filesWorld('images', { ...options, settings })
const lines = (...rows: readonly string[]) => rows.map((row) => `${row}\n`).join('')
const galleries = async (world: ReturnType<typeof worldOf>) =>
  (await world.events()).map(({ key, deleted, data }) => [
    key,
    deleted ? 'deleted' : data.gallery.map(({ url, position }) => `${position} ${url.slice(AT.length)}`).join(', '),
  ])

describe('an image file', () => {
  it('has a row for each image of a SKU, anywhere in the file', async () => {
    const world = worldOf({
      'images.columns.position': 'position',
      'images.columns.role': 'role',
      'images.columns.label': 'label',
    })
    const rows = [`007,${AT}/b.jpg,2,,"Back, open"`, `8,${AT}/c.jpg,1,,`, `007,${AT}/a.jpg,1,image|thumbnail,Front`]
    world.put('images.csv', lines('sku,url,position,role,label', ...rows), MORNING)
    expect(await world.run()).toMatchObject({ state: 'ended', published: 2, unreadable: 0 })
    const [first] = await world.events()
    expect(first).toMatchObject({
      key: '007',
      data: {
        sku: '007',
        image: `${AT}/a.jpg`,
        thumbnail: `${AT}/a.jpg`,
        smallImage: null,
        gallery: [
          { url: `${AT}/a.jpg`, position: 1, label: 'Front', mediaType: 'image' },
          { url: `${AT}/b.jpg`, position: 2, label: 'Back, open' },
        ],
      },
    })
  })

  it('may have several columns of addresses, several addresses in a cell, and columns of roles', async () => {
    const settings = {
      'images.delimiter': ';',
      'images.columns.sku': 'Item',
      'images.columns.url': ['Picture 1', 'Picture 2'],
      'images.columns.swatch_image': 'Swatch',
      'images.separator': ',',
    }
    const world = worldOf(settings)
    const row = `A;${AT}/1.jpg,${AT}/2.jpg;no_selection;${AT}/s.jpg`
    world.put('images.csv', lines('Item;Picture 1;Picture 2;Swatch', row, `B;;${AT}/3.jpg;`), MORNING)
    expect(await world.run()).toMatchObject({ published: 2, unreadable: 0 })
    expect(await galleries(world)).toEqual([
      ['A', '0 /s.jpg, 1 /1.jpg, 2 /2.jpg'],
      ['B', '0 /3.jpg'],
    ])
  })

  it('without an image of a SKU is without the SKU, which the sweep finds gone; too many of them are refused', async () => {
    const skus = ['A', 'B', 'C', 'D', 'E', 'F']
    const rowsOf = (without: readonly string[]) =>
      skus.map((sku) => `${sku},${without.includes(sku) ? '' : `${AT}/${sku}.jpg`}`)
    const world = worldOf()
    world.put('images.csv', lines('sku,url', ...rowsOf([])), MORNING)
    expect(await world.run()).toMatchObject({ published: 6 })
    world.put('images.csv', lines('sku,url', ...rowsOf(['B'])), MORNING + 60)
    expect(await world.run()).toMatchObject({ published: 0, unchanged: 5, unreadable: 0 })
    expect(await world.run('sweep')).toMatchObject({ state: 'ended' })
    expect((await galleries(world)).at(-1)).toEqual(['B', 'deleted'])
    world.put('images.csv', lines('sku,url', ...rowsOf(skus)), MORNING + 120)
    expect(await world.run()).toMatchObject({ state: 'failed', published: 0 })
    world.put('images.csv', lines('sku,url', ...rowsOf(['B', 'C', 'D'])), MORNING + 180)
    expect(await world.run()).toMatchObject({ state: 'failed', error: { code: 'too_many_gone' } })
  })

  it.each([
    ['an address that is none', 'ftp://cdn.oak.example/b.jpg', 'url'],
    ['a password in an address', 'https://user:secret@cdn.oak.example/b.jpg', 'url'],
    ['two addresses in a cell', `${AT}/b.jpg ${AT}/c.jpg`, 'url'],
  ])('with %s keeps all other images of its SKU as they were', async (_what, address, column) => {
    const world = worldOf({ 'images.mostOddPercent': 50 })
    world.put('images.csv', lines('sku,url', `A,${AT}/a.jpg`, `A,${AT}/b.jpg`, `B,${AT}/d.jpg`), MORNING)
    expect(await world.run()).toMatchObject({ published: 2 })
    world.put('images.csv', lines('sku,url', `A,${AT}/a.jpg`, `A,${address}`, `B,${AT}/e.jpg`), MORNING + 60)
    expect(await world.run()).toMatchObject({ published: 1, unreadable: 1 })
    expect(await galleries(world)).toEqual([
      ['A', '0 /a.jpg, 1 /b.jpg'],
      ['B', '0 /d.jpg'],
      ['B', '0 /e.jpg'],
    ])
    const [letter] = await world.deadLetters()
    expect(letter).toMatchObject({ code: 'source_data_invalid', field: `images.columns.${column}` })
    expect(letter?.message).toContain('images.csv, line 3')
    expect(letter?.message).not.toContain('secret')
  })

  it('with a row that is cut short keeps all images of its SKU', async () => {
    const world = worldOf({ 'images.mostOddPercent': 50, 'images.columns.position': 'position' })
    world.put('images.csv', lines('sku,position,url', `A,1,${AT}/a.jpg`, `A,2,${AT}/b.jpg`), MORNING)
    expect(await world.run()).toMatchObject({ published: 1 })
    world.put('images.csv', lines('sku,position,url', `A,1,${AT}/a.jpg`, 'A,2'), MORNING + 60)
    expect(await world.run()).toMatchObject({ published: 0, unreadable: 2 })
  })

  it('with a row that has more cells than columns keeps all images of its SKU', async () => {
    const world = worldOf({ 'images.mostOddPercent': 50 })
    world.put('images.csv', lines('sku,url', `A,${AT}/a.jpg`, `A,${AT}/b.jpg`, `B,${AT}/d.jpg`), MORNING)
    expect(await world.run()).toMatchObject({ published: 2 })
    world.put('images.csv', lines('sku,url', `A,${AT}/a.jpg`, `A,${AT}/b.jpg,2`, `B,${AT}/e.jpg`), MORNING + 60)
    expect(await world.run()).toMatchObject({ published: 1, unreadable: 2 })
    expect(await galleries(world)).toEqual([
      ['A', '0 /a.jpg, 1 /b.jpg'],
      ['B', '0 /d.jpg'],
      ['B', '0 /e.jpg'],
    ])
  })

  it('without a column that is named is the wrong file', async () => {
    const world = worldOf({ 'images.columns.label': 'label' })
    world.put('images.csv', lines('sku,url', `A,${AT}/a.jpg`), MORNING)
    expect(await world.run()).toMatchObject({ state: 'failed', error: { message: expect.stringContaining('label') } })
  })
})
