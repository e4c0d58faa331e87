# SPDX-License-Identifier: EUPL-1.2
#
# cmake --install build/release --prefix /opt/postkamer: programs in bin/; settings, forms and models
# in share/, where the programs beside it find them; units in lib/systemd/system/.
get_property(programs GLOBAL PROPERTY POSTKAMER_PROGRAMS)
install(TARGETS ${programs} RUNTIME DESTINATION bin)
install(DIRECTORY config/forms config/lexica config/schema DESTINATION share/config)
install(FILES config/postkamer.toml DESTINATION share/config)
install(DIRECTORY classifiers DESTINATION share FILES_MATCHING
  PATTERN "*.onnx" PATTERN "*.bin" PATTERN "*.json" PATTERN "*.tsv" PATTERN "*.txt" PATTERN "CMakeLists.txt" EXCLUDE)
install(DIRECTORY config/systemd/ DESTINATION lib/systemd/system FILES_MATCHING
  PATTERN "*.service" PATTERN "*.target" PATTERN "*.conf")
