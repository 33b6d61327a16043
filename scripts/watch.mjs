// start:dev — compiles on every change and restarts the server when the compiler wrote something.
import { spawn } from 'node:child_process';

const inherit = { stdio: 'inherit', shell: process.platform === 'win32' };
const compiler = spawn('tsc', ['-b', '-w', '--preserveWatchOutput'], inherit);
const server = spawn(process.execPath, ['--watch', 'dist/main.js'], { stdio: 'inherit' });
const stop = () => {
  compiler.kill();
  server.kill();
};
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
compiler.on('exit', stop);
server.on('exit', stop);
