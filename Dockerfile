# syntax=docker/dockerfile:1
# A release names its bases to the byte: "@sha256:" and a digest each, see docs/src/releasing.md.
ARG RUST_DIGEST=""
ARG DEBIAN_DIGEST=""
FROM rust:1.95-slim-bookworm${RUST_DIGEST} AS build
WORKDIR /src
COPY . .
# what a service needs; Parquet alone would take most of the time of building
ARG FEATURES="redis,serve"
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --locked --release --no-default-features --features "$FEATURES" \
    && install -D target/release/simbet /out/simbet

FROM debian:bookworm-slim${DEBIAN_DIGEST}
# whom to trust, for rediss://
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
RUN useradd --system --uid 10001 --no-create-home --home-dir /data simbet \
    && install -d -o simbet -g simbet -m 0750 /data
COPY --from=build /out/simbet /usr/local/bin/simbet
# by its number, so that an orchestrator can see that it is not root
USER 10001
# simbet.db is kept here
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["simbet", "health"]
ENTRYPOINT ["simbet"]
# refuses to start without SIMBET_API_TOKEN
CMD ["serve", "--listen", "0.0.0.0:8000"]
