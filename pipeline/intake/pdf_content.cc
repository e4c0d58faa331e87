// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/pdf_content.h"

#include <set>
#include <string>
#include <vector>

namespace postkamer::intake {
namespace {

constexpr int kDeepestForm = 4;
constexpr std::size_t kMostOperators = 200'000;  // a scanner's text layer has a few thousand
constexpr std::size_t kMostOperands = 64;
constexpr std::size_t kDeepestState = 64;

struct GraphicsState {
  QPDFMatrix matrix;
  bool text_is_invisible = false;
  bool fill_is_black = true;
};

// Walks operators. Stops understanding (needs_renderer) at the first thing that would be seen and
// is not the one picture.
class Interpreter : public QPDFObjectHandle::ParserCallbacks {
 public:
  Interpreter(PageContent& content, QPDFObjectHandle resources, const GraphicsState& state,
              int depth, std::size_t& operators)
      : content_(content),
        resources_(resources),
        state_(state),
        depth_(depth),
        operators_(operators) {}

  void handleObject(QPDFObjectHandle object) override {
    if (content_.paints == PagePaints::anything) {
      terminateParsing();
      return;
    }
    if (object.isInlineImage()) {
      content_.paints = PagePaints::anything;
    } else if (object.isOperator()) {
      if (++operators_ > kMostOperators)
        content_.paints = PagePaints::anything;
      else
        handle_operator(object.getOperatorValue());
      operands_.clear();
    } else if (operands_.size() < kMostOperands) {
      operands_.push_back(object);
    }
  }
  void handleEOF() override {}

 private:
  void handle_operator(const std::string& name) {
    static const std::set<std::string> kPainters{"f",  "F", "f*", "S",  "s",  "B",
                                                 "B*", "b", "b*", "sh", "BI", "EI"};
    static const std::set<std::string> kTexts{"Tj", "TJ", "'", "\""};
    static const std::set<std::string> kFills{"g", "rg", "k", "sc", "scn", "cs"};
    if (name == "q")
      push();
    else if (name == "Q")
      pop();
    else if (name == "cm")
      concatenate();
    else if (name == "Tr")
      state_.text_is_invisible = operand_number(0) == 3.0;
    else if (name == "Do")
      paint_object();
    else if (name == "gs")
      content_.paints = has_plain_state() ? content_.paints : PagePaints::anything;
    else if (kFills.count(name) != 0)
      state_.fill_is_black = name == "g" && operand_number(0) == 0.0;
    else if (kPainters.count(name) != 0)
      content_.paints = PagePaints::anything;
    else if (kTexts.count(name) != 0 && !state_.text_is_invisible)
      content_.paints = PagePaints::anything;
  }

  void push() {
    if (stack_.size() < kDeepestState)
      stack_.push_back(state_);
    else
      content_.paints = PagePaints::anything;
  }
  void pop() {
    if (stack_.empty()) return;
    state_ = stack_.back();
    stack_.pop_back();
  }

  double operand_number(std::size_t index) {
    if (index >= operands_.size() || !operands_[index].isNumber()) return -1.0;
    return operands_[index].getNumericValue();
  }

  void concatenate() {
    if (operands_.size() != 6) return;
    for (auto& operand : operands_)
      if (!operand.isNumber()) return;
    state_.matrix.concat(QPDFMatrix(operand_number(0), operand_number(1), operand_number(2),
                                    operand_number(3), operand_number(4), operand_number(5)));
  }

  // An extended graphics state matters when it makes things transparent or masks them.
  bool has_plain_state() {
    if (operands_.empty() || !operands_[0].isName()) return false;
    QPDFObjectHandle states =
        resources_.isDictionary() ? resources_.getKey("/ExtGState") : QPDFObjectHandle::newNull();
    if (!states.isDictionary()) return true;
    QPDFObjectHandle state = states.getKey(operands_[0].getName());
    if (!state.isDictionary()) return true;
    QPDFObjectHandle mask = state.getKey("/SMask");
    QPDFObjectHandle blend = state.getKey("/BM");
    QPDFObjectHandle alpha = state.getKey("/ca");
    return (mask.isNull() || (mask.isName() && mask.getName() == "/None")) &&
           (blend.isNull() || (blend.isName() && blend.getName() == "/Normal")) &&
           (!alpha.isNumber() || alpha.getNumericValue() >= 1.0);
  }

  void paint_object() {
    if (operands_.empty() || !operands_[0].isName() || !resources_.isDictionary()) return;
    QPDFObjectHandle objects = resources_.getKey("/XObject");
    if (!objects.isDictionary()) return;
    QPDFObjectHandle object = objects.getKey(operands_[0].getName());
    if (!object.isStream()) return;  // a missing object paints nothing
    QPDFObjectHandle subtype = object.getDict().getKey("/Subtype");
    if (object.getDict().hasKey("/OC"))
      content_.paints = PagePaints::anything;
    else if (subtype.isName() && subtype.getName() == "/Image")
      paint_picture(object);
    else if (subtype.isName() && subtype.getName() == "/Form")
      run_form(object);
    else
      content_.paints = PagePaints::anything;
  }

  void paint_picture(QPDFObjectHandle picture) {
    const bool is_first = content_.paints == PagePaints::nothing;
    content_.paints = is_first ? PagePaints::one_picture : PagePaints::anything;
    content_.picture = picture;
    content_.placement = state_.matrix;
    content_.fill_is_black = state_.fill_is_black;
  }

  void run_form(QPDFObjectHandle form) {
    QPDFObjectHandle dictionary = form.getDict();
    if (depth_ >= kDeepestForm || dictionary.hasKey("/Group")) {
      content_.paints = PagePaints::anything;
      return;
    }
    GraphicsState inner = state_;
    QPDFObjectHandle matrix = dictionary.getKey("/Matrix");
    if (matrix.isMatrix()) inner.matrix.concat(QPDFMatrix(matrix.getArrayAsMatrix()));
    QPDFObjectHandle own = dictionary.getKey("/Resources");
    Interpreter callee{content_, own.isDictionary() ? own : resources_, inner, depth_ + 1,
                       operators_};
    form.parseAsContents(&callee);
  }

  PageContent& content_;
  QPDFObjectHandle resources_;
  GraphicsState state_;
  int depth_;
  std::size_t& operators_;
  std::vector<GraphicsState> stack_;
  std::vector<QPDFObjectHandle> operands_;
};

bool has_visible_annotations(QPDFPageObjectHelper& page) {
  QPDFObjectHandle annotations = page.getAttribute("/Annots", false);
  if (!annotations.isArray()) return false;
  for (auto& annotation : annotations.aitems()) {
    if (!annotation.isDictionary()) continue;
    QPDFObjectHandle subtype = annotation.getKey("/Subtype");
    const std::string name = subtype.isName() ? subtype.getName() : "";
    if (name != "/Link" && name != "/Popup") return true;
  }
  return false;
}

}  // namespace

PageContent read_page_content(QPDFPageObjectHelper page) {
  PageContent content;
  if (has_visible_annotations(page)) {
    content.paints = PagePaints::anything;
    return content;
  }
  std::size_t operators = 0;
  Interpreter interpreter{content, page.getAttribute("/Resources", false), GraphicsState{}, 0,
                          operators};
  page.parseContents(&interpreter);
  return content;
}

}  // namespace postkamer::intake
