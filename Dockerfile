# The image of the controller: node, one bundle, nothing else.
#
#   docker build -t pca-issuer:0.1.0 .                                             for this platform
#   docker buildx build --platform linux/amd64,linux/arm64 -t … --push .           for both
#   npm run image                                                                  with what there is, registry or none
ARG BASE=gcr.io/distroless/nodejs24-debian13:nonroot
# `prebuilt` takes the dist of `npm run build`: the same bytes, and no other image is needed for it.
ARG DIST=builder

# The bundle is the same for every platform, so it is built on the builder's own.
FROM --platform=$BUILDPLATFORM node:24 AS builder
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY hack/pca-emulator/package.json hack/pca-emulator/
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY hack/build hack/build
COPY src src
RUN node hack/build/build.ts

FROM scratch AS prebuilt
COPY dist /build/dist

FROM ${DIST} AS dist
# A stage without a line of its own makes buildah leave a container behind.
WORKDIR /build

FROM ${BASE}
ARG VERSION=0.1.0
ARG REVISION=
LABEL org.opencontainers.image.title="pca-issuer" \
      org.opencontainers.image.description="A cert-manager external issuer for AWS Private CA." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
WORKDIR /app
COPY --from=dist /build/dist/pca-issuer.* /build/dist/THIRD_PARTY_NOTICES ./
COPY LICENSE ./
# Heap limits of a small pod (hack/build/node-flags.ts); whoever signs thousands at once sets NODE_OPTIONS to larger ones.
ENV NODE_ENV=production \
    NODE_COMPILE_CACHE=/app/compile-cache \
    NODE_OPTIONS="--max-old-space-size=64 --max-semi-space-size=8"
USER 65532:65532
# Node keeps the compiled code, for this version, processor and user: 30 MB and a third of the start are saved. A read-only
# root file system does not matter, and where the cache does not fit it is not used.
COPY --from=dist --chown=65532:65532 /build/dist/empty compile-cache
RUN ["/nodejs/bin/node", "/app/pca-issuer.mjs", "version"]
EXPOSE 8080 8081
# distroless keeps node outside PATH; another BASE may want another path here.
ENTRYPOINT ["/nodejs/bin/node", "/app/pca-issuer.mjs"]
CMD ["controller"]
