/** Command that serves a Python web application on 127.0.0.1. */
export function uwsgi(application: string, port: number, processes: number): string[] {
  return [
    "uwsgi_python3",
    "--master",
    "--die-on-term",
    "--lazy-apps",
    "--need-app",
    "--enable-threads",
    "--disable-logging",
    "--buffer-size=65535",
    // Clients keep connections open, and such a connection would hold a whole uwsgi thread.
    "--add-header=Connection: close",
    `--processes=${processes}`,
    `--http-socket=127.0.0.1:${port}`,
    `--wsgi-file=${application}`,
  ];
}
