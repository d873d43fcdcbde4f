/**
 * How the web app is built and served while it is written. The build goes to ../static: hashed names, a .gz beside each
 * file, index.html last, so that a server never serves half a build; what pages of the build before may still load stays
 * for ten minutes. MOTIA_WORKBENCH_OUT builds elsewhere. `npm run dev` hands the backend's paths to MOTIA_SERVER.
 */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const server = process.env.MOTIA_SERVER ?? 'http://localhost:3000'
const outDir = resolve(process.env.MOTIA_WORKBENCH_OUT ?? '../static')
const KEPT_MS = 10 * 60 * 1000

/** Compresses what was written, and takes away what earlier builds left. */
function tidy(): Plugin {
  return {
    name: 'tidy',
    apply: 'build',
    writeBundle(_, bundle) {
      const folder = join(outDir, 'assets')
      const mine = new Set<string>()
      for (const name of Object.keys(bundle)) {
        if (!name.startsWith('assets/')) continue
        mine.add(name.slice(7)).add(`${name.slice(7)}.gz`)
        const bytes = readFileSync(join(outDir, name))
        if (bytes.length > 1024) writeFileSync(join(outDir, `${name}.gz`), gzipSync(bytes, { level: 9 }))
      }
      for (const name of readdirSync(folder)) {
        const path = join(folder, name)
        if (!mine.has(name) && Date.now() - statSync(path).mtimeMs > KEPT_MS) rmSync(path)
      }
    },
  }
}

export default defineConfig(({ command }) => ({
  base: command === 'build' ? './' : '/',
  plugins: [react(), tidy()],
  build: {
    outDir,
    emptyOutDir: false,
    // The colours need light-dark(), which browsers have had since spring 2024.
    target: ['chrome123', 'firefox121', 'safari17.5'],
    chunkSizeWarningLimit: 900,
    reportCompressedSize: false,
    assetsInlineLimit: 0,
  },
  server: {
    port: 5173,
    proxy: { '/__motia': { target: server, ws: true, changeOrigin: true } },
  },
}))
