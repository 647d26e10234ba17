import { brotliCompressSync, constants } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'
import solid from 'vite-plugin-solid'

/** Builds the page into `dist`. Every file but `index.html` has its digest in its name: the API lets browsers keep it for good. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [solid(), compressed()],
  build: {
    target: 'baseline-widely-available',
    // Data URLs would need an exception in the page's Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What several pages share is small: a file for each piece would be a request for each.
            { name: 'parts', test: /web\/src\/(parts|shell|api)\/|web\/src\/[^/]+$/, minShareCount: 2 },
          ],
        },
      },
    },
  },
})

/** As small as can be: done once here, for there is no time for it while somebody waits. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          if (!/\.(js|css|html|svg)$/.test(file.fileName)) continue
          const content = Buffer.from(file.type === 'chunk' ? file.code : file.source)
          const best = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }
          this.emitFile({ type: 'asset', fileName: `${file.fileName}.br`, source: brotliCompressSync(content, best) })
        }
      },
    },
  }
}
