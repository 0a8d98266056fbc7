ARG ENGINE
FROM ${ENGINE}
COPY start-engine /usr/local/sbin/start-engine
ENTRYPOINT ["/bin/sh", "/usr/local/sbin/start-engine"]
