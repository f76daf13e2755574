/// The tree of exceptions: each class of the library's errors, and the built-in one that Python
/// programs expect.
#include <chrono>

#include "values.hpp"

namespace crm::python {

namespace {

struct Classes {
    py::handle error, not_found, invalid, conflict, already_imported, suppressed, resync, denied,
        too_many_attempts, busy, interrupted, read_only, limit_exceeded, cannot_open,
        not_a_crm_file, newer_file, network_share, corrupt, io_error, misuse;
};
Classes classes;  // for the life of the process

py::handle make(py::module_& module, const char* name, std::initializer_list<py::handle> bases,
                const char* doc) {
    py::tuple tuple(bases.size());
    std::size_t i = 0;
    for (py::handle base : bases) tuple[i++] = base;
    PyObject* type =
        PyErr_NewExceptionWithDoc((std::string{"crm."} + name).c_str(), doc, tuple.ptr(), nullptr);
    if (type == nullptr) throw py::error_already_set();
    module.add_object(name, type);
    return type;
}

void raise(py::handle type, const std::exception& error) {
    PyErr_SetString(type.ptr(), error.what());
}

void raise_invalid(const Invalid& error) {
    const py::object made = classes.invalid(error.what());
    made.attr("kind") = error.kind;
    made.attr("field") = to_python(error.field);
    made.attr("reason") = error.reason;
    PyErr_SetObject(classes.invalid.ptr(), made.ptr());
}

void raise_conflict(py::handle type, const Conflict& error) {
    const py::object made = type(error.what());
    made.attr("record") = to_python(error.record);
    made.attr("current") =
        error.current.empty() ? py::none() : to_python(Json::parse(error.current));
    made.attr("conflicts") = list_of(error.conflicts, conflict_to_python);
    PyErr_SetObject(type.ptr(), made.ptr());
}

void raise_too_many_attempts(const TooManyAttempts& error) {
    const py::object made = classes.too_many_attempts(error.what());
    made.attr("retry_after") = std::chrono::duration<double>(error.retry_after).count();
    PyErr_SetObject(classes.too_many_attempts.ptr(), made.ptr());
}

void translate(std::exception_ptr thrown) {
    // Leaves before their branches.
    try {
        if (thrown) std::rethrow_exception(thrown);
    } catch (const NotFound& error) {
        raise(classes.not_found, error);
    } catch (const Invalid& error) {
        raise_invalid(error);
    } catch (const AlreadyImported& error) {
        raise_conflict(classes.already_imported, error);
    } catch (const Suppressed& error) {
        raise_conflict(classes.suppressed, error);
    } catch (const Conflict& error) {
        raise_conflict(classes.conflict, error);
    } catch (const Resync& error) {
        raise(classes.resync, error);
    } catch (const TooManyAttempts& error) {
        raise_too_many_attempts(error);
    } catch (const Denied& error) {
        raise(classes.denied, error);
    } catch (const Busy& error) {
        raise(classes.busy, error);
    } catch (const Interrupted& error) {
        raise(classes.interrupted, error);
    } catch (const ReadOnly& error) {
        raise(classes.read_only, error);
    } catch (const LimitExceeded& error) {
        raise(classes.limit_exceeded, error);
    } catch (const NotACrmFile& error) {
        raise(classes.not_a_crm_file, error);
    } catch (const NewerFile& error) {
        raise(classes.newer_file, error);
    } catch (const NetworkShare& error) {
        raise(classes.network_share, error);
    } catch (const CannotOpen& error) {
        raise(classes.cannot_open, error);
    } catch (const Corrupt& error) {
        raise(classes.corrupt, error);
    } catch (const IoError& error) {
        raise(classes.io_error, error);
    } catch (const Misuse& error) {
        raise(classes.misuse, error);
    } catch (const Error& error) {
        raise(classes.error, error);
    }
}

}  // namespace

void throw_if_denied(const py::error_already_set& error) {
    if (error.matches(classes.denied)) throw Denied(py::str(error.value()).cast<std::string>());
}

py::dict conflict_to_python(const FieldConflict& conflict) {
    const bool is_known = conflict.changed_in != CommandId{};
    py::dict all;
    all["record"] = to_python(conflict.record);
    all["field"] = to_python(conflict.field);
    all["changed_in"] = to_python(conflict.changed_in);
    all["user"] = to_python(conflict.user);
    all["at"] = is_known ? to_python(conflict.at) : py::none();
    all["reason"] = conflict.reason;
    return all;
}

void bind_errors(py::module_& module) {
    const py::handle key_error = PyExc_KeyError, value_error = PyExc_ValueError,
                     permission = PyExc_PermissionError, timeout = PyExc_TimeoutError,
                     os_error = PyExc_OSError, runtime = PyExc_RuntimeError;
    Classes& c = classes;
    c.error =
        make(module, "Error", {PyExc_Exception},
             "Root of everything the library raises; its text says what happened and what to do.");
    // KeyError shows its argument in quotes; all of ours show the sentence.
    c.error.attr("__str__") = py::handle(PyExc_Exception).attr("__str__");
    c.not_found = make(
        module, "NotFound", {c.error, key_error},
        "No such record, list value, user, command or file; also: not visible to this session.");
    c.invalid = make(module, "Invalid", {c.error, value_error},
                     "A value that the rules refuse; nothing was changed. Attributes: kind (of "
                     "record, or the concept: "
                     "\"filter\", \"csv\"), field (None where the whole is wrong), reason.");
    c.conflict = make(module, "Conflict", {c.error},
                      "The record was changed meanwhile, a unique value is taken, a key was used "
                      "with other arguments, "
                      "or an undo meets later changes; nothing was changed. Attributes: record "
                      "(Ref or None), current "
                      "(that record as it is now, as a dict of plain JSON types, or None), "
                      "conflicts (of an undo, all "
                      "that stands in the way, 1,000 at most: dicts of record, field, changed_in, "
                      "user, at, reason).");
    c.already_imported = make(module, "AlreadyImported", {c.conflict},
                              "The same source was imported before; again=True allows it.");
    c.suppressed = make(module, "Suppressed", {c.conflict},
                        "What would be written names a person who was erased on request; "
                        "erasures.lift lets them come back.");
    c.resync = make(module, "Resync", {c.error},
                    "A position in the feed that this file does not know, or that one's rights "
                    "have changed under: read everything anew and go on from feed.now().");
    c.denied = make(module, "Denied", {c.error, permission}, "The session's user lacks a right.");
    c.too_many_attempts =
        make(module, "TooManyAttempts", {c.denied},
             "Too many wrong passwords of late for one login; until then even the right one is "
             "refused. Attribute: retry_after (seconds from now, a float).");
    c.busy = make(module, "Busy", {c.error, timeout},
                  "Another writer held the file until the write deadline. Try again.");
    c.interrupted = make(module, "Interrupted", {c.error, timeout},
                         "A statement passed its deadline, or was interrupted.");
    c.read_only = make(module, "ReadOnly", {c.error},
                       "The file, or the way it was opened, does not allow writing.");
    c.limit_exceeded =
        make(module, "LimitExceeded", {c.error, value_error},
             "A stated limit was passed: filter depth, list length, page size, an overflow.");
    c.cannot_open = make(module, "CannotOpen", {c.error},
                         "The file cannot be opened as a CRM file; it was not touched.");
    c.not_a_crm_file = make(module, "NotACrmFile", {c.cannot_open},
                            "Text, an empty file, a directory, another application's database.");
    c.newer_file = make(module, "NewerFile", {c.cannot_open},
                        "Written by a newer release that this one must not read, or not write.");
    c.network_share = make(
        module, "NetworkShare", {c.cannot_open},
        "On a network file system, whose locks cannot be trusted. Copy the file to a local disk.");
    c.corrupt = make(module, "Corrupt", {c.error}, "The file is damaged: restore a backup.");
    c.io_error = make(module, "IoError", {c.error, os_error},
                      "The operating system failed: disk full, permission, I/O error.");
    c.misuse =
        make(module, "Misuse", {c.error, runtime},
             "Used against the rules: a session in two threads, after closing, after a fork.");
    c.invalid.attr("kind") = py::none();
    c.invalid.attr("field") = py::none();
    c.invalid.attr("reason") = py::none();
    c.too_many_attempts.attr("retry_after") = 0.0;
    c.conflict.attr("record") = py::none();
    c.conflict.attr("current") = py::none();
    c.conflict.attr("conflicts") = py::tuple();
    py::register_local_exception_translator(&translate);
}

}  // namespace crm::python
