/** A provider as a user would describe it: one credential, one operation, one limit that no test waits for. */
export const EXAMPLE = `name: example
title: Example Platform
baseUrl: https://api.example.com
sources:
  - {url: https://docs.example.com/limits, date: 2026-01-01, says: 500 per second}
credentials:
  - {name: key, header: Authorization, prefix: "Bearer ", env: EXAMPLE_TOKEN}
operations:
  CreateUser: {route: "POST /users"}
limits:
  - name: all
    windows:
      - {requests: 500, seconds: 1}
concurrency: 10
`;
