// Linked into the native executable only. It has the C library and OpenSSL in it, of one version each, and may meet any
// system: neither may load a plug-in of the system's, which was made for another version, nor read what names one.
#include <gnu/libc-version.h>
#include <netdb.h>
#include <nss.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <pwd.h>
#include <unistd.h>

/* The linker's --wrap puts what is called __wrap_NAME in the place of NAME, and calls that __real_NAME. */
int __real_getaddrinfo(const char *, const char *, const struct addrinfo *, struct addrinfo **);
int __real_OPENSSL_init_ssl(uint64_t, const OPENSSL_INIT_SETTINGS *);
SSL_CTX *__real_SSL_CTX_new(const SSL_METHOD *);
int __real_getpwuid_r(uid_t, struct passwd *, char *, size_t, struct passwd **);

/*
 * Otherwise nsswitch.conf chooses: a static glibc loads libnss_sss.so, or whatever it names, into this process. Not at
 * the start: glibc reads nsswitch.conf all the same.
 */
int __wrap_getpwuid_r(uid_t user, struct passwd *entry, char *buffer, size_t size, struct passwd **found)
{
    __nss_configure_lookup("passwd", "files");
    return __real_getpwuid_r(user, entry, buffer, size, found);
}

static void find_hosts_without_plug_ins(void)
{
    __nss_configure_lookup("hosts", "files dns");
}

/* The same for the addresses of a host. What nothing calls has a section of its own, for the linker to leave out. */
__attribute__((section(".text.hosts")))
int __wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, find_hosts_without_plug_ins);
    return __real_getaddrinfo(host, service, hints, found);
}

/* Without openssl.cnf, which may name a provider; and without libssl, which only an https client needs. */
int __wrap_OPENSSL_init_ssl(uint64_t options, const OPENSSL_INIT_SETTINGS *settings)
{
    (void)options;
    (void)settings;
    return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, 0);
}

/* What was left out there. Otherwise libssl does not know the ciphers of TLS 1.2. */
__attribute__((section(".text.ssl"))) SSL_CTX *__wrap_SSL_CTX_new(const SSL_METHOD *method)
{
    return __real_OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, 0)
        ? __real_SSL_CTX_new(method) : 0;
}

const char *fptrace_linked_libc(void)
{
    return gnu_get_libc_version();
}

const char *fptrace_linked_openssl(void)
{
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}

/* Nothing in a static executable can be found by its name. */
void *fptrace_linked_getpid(void)
{
    return (void *)getpid;
}
