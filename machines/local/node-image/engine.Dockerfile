# The packages of a node. Built once per engine and kept as a build cache: node images of all clusters start from it.
ARG BASE
FROM ${BASE}
RUN if ! command -v dockerd >/dev/null; then \
      apt-get update -qq && \
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        docker.io iptables iproute2 ca-certificates && \
      { command -v docker >/dev/null || \
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker-cli; } && \
      rm -rf /var/lib/apt/lists/*; \
    fi
