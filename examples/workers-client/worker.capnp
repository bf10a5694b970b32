# workerd's own configuration; `wrangler` writes such a thing by itself.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .mail),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8787", http = (), service = "main")],
);

const mail :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "dist/worker.js")],
  compatibilityDate = "2026-11-01",
  bindings = [
    (name = "SMTP_HOST", fromEnvironment = "SMTP_HOST"),
    (name = "SMTP_PORT", fromEnvironment = "SMTP_PORT"),
    (name = "SMTP_USER", fromEnvironment = "SMTP_USER"),
    (name = "SMTP_PASSWORD", fromEnvironment = "SMTP_PASSWORD"),
  ],
);
