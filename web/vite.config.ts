import { brotliCompressSync, constants } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'
import solid from 'vite-plugin-solid'

/** Builds the page into `dist`. Every file but `index.html` has its digest in its name: the API lets browsers keep it for good. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [solid(), preloaded(), inlined(), compressed()],
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
            // What begins the page, before its program is there.
            {
              name: 'first',
              test: /vite\/preload-helper|web\/src\/(api\/early|kept-|until-answered|first-)/,
              priority: 1,
            },
            // What several pages share is small: a file for each piece would be a request for each.
            { name: 'parts', test: /web\/src\/(parts|shell|api)\/|web\/src\/[^/]+$/, minShareCount: 2 },
          ],
        },
      },
    },
  },
})

/** The program is asked for with what begins it, and all that it is made of. */
function preloaded(): Plugin {
  return {
    name: 'preloaded',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        const chunks = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? [file] : []))
        const main = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith('/src/main.tsx'))
        const names = main === undefined ? [] : [main.fileName, ...main.imports]
        return names.map((name) => ({
          tag: 'link',
          attrs: { rel: 'modulepreload', crossorigin: true, href: `/${name}` },
          injectTo: 'head' as const,
        }))
      },
    },
  }
}

/**
 * The first view is drawn with the styles inside of the index, and waits for no other file. `data-href` names the file that has the
 * same, for pages that are not built here.
 */
function inlined(): Plugin {
  return {
    name: 'inlined',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        return html.replace(/<link rel="stylesheet"[^>]* href="\/([^"]+)">/g, (link, name: string) => {
          const file = bundle[name]
          return file?.type === 'asset' ? `<style data-href="/${name}">${file.source}</style>` : link
        })
      },
    },
  }
}

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
